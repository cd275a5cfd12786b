package dev.reveille.proxy.cli;

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

/** {@code reveille checkpoints [NAME]}. */
@Command(name = "checkpoints", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "List checkpoints, of one database or of all, newest first.")
final class CheckpointList implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", arity = "0..1", description = "The database; all without.")
  private @Nullable String name;
  @Option(names = "--bases", description = "List what branches began as instead; merge compares with it.")
  private boolean bases;
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ArrayNode found = JsonMapper.shared().createArrayNode();
    for (JsonNode checkpoint : home.control().get(bases ? "bases" : "checkpoints")) {
      if (name == null || List.of(name).contains(checkpoint.path("database").asString())) {
        found.add(checkpoint);
      }
    }
    if (json) {
      System.out.println(found.toPrettyString());
      return ExitCode.OK;
    }
    Table table = new Table("CHECKPOINT", "DATABASE", "KIND", "CREATED", "EXPIRES", "MB");
    for (JsonNode one : found) {
      table.row(one.path("name").asString(), one.path("database").asString(),
          one.path("kind").asString(), one.path("created").asString(),
          one.path("expires").asString("never"),
          String.valueOf(one.path("bytes").asLong() >> 20));
    }
    System.out.print(table.text());
    return ExitCode.OK;
  }
}
