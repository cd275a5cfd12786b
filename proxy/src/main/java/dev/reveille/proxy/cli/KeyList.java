package dev.reveille.proxy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code reveille key list}. */
@Command(name = "list", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "List the keys of the HTTP API, what they may do and until when.")
final class KeyList implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode keys = home.control().get("keys");
    System.out.print(json ? keys.toPrettyString() + "\n" : table(keys));
    return ExitCode.OK;
  }

  private static String table(JsonNode keys) {
    Table table = new Table("NAME", "STATE", "EXPIRES", "LAST USED", "SCOPES");
    for (JsonNode key : keys) {
      List<String> scopes = new ArrayList<>();
      key.path("scopes").forEach(scope -> scopes.add(scope.asString()));
      table.row(key.path("name").asString(), key.path("state").asString(),
          key.path("expires_at").asString(), key.path("last_used_at").asString("never"),
          String.join(",", scopes));
    }
    return table.text();
  }
}
