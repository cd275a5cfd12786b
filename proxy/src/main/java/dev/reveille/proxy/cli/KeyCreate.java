package dev.reveille.proxy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille key create NAME}. */
@Command(name = "create", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Make a key of the HTTP API and print it, and nothing else. It is shown only now.")
final class KeyCreate implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "How the key is called.")
  private String name = "";
  @Option(names = "--scopes", paramLabel = "SCOPE", split = ",", required = true, description = "What it may do: databases:read, databases:write, credentials:read, credentials:write, usage:read, sql:run, sql:write.")
  private List<String> scopes = new ArrayList<>();
  @Option(names = "--ttl", paramLabel = "TIME", description = "How long it lives (default: 90d; at most 366d).")
  private @Nullable String ttl;
  @Option(names = "--json", description = "Print all of it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    ArrayNode words = request.putArray("scopes");
    scopes.forEach(words::add);
    if (ttl != null) {
      request.put("ttl", ttl);
    }
    JsonNode made = home.control().post("key/create", name, request);
    System.out.print(json
        ? made.toPrettyString() + "\n"
        : made.path("key").asString() + "\n");
    return ExitCode.OK;
  }
}
