package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille checkpoint NAME}. */
@Command(name = "checkpoint", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Keep what a database is now, and print the checkpoint's name.")
final class CheckpointCommand implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The database.")
  private String name = "";
  @Option(names = "--as", paramLabel = "CHECKPOINT", description = "Its name; without, one is made.")
  private @Nullable String as;
  @Option(names = "--drop", paramLabel = "CHECKPOINT", description = "Delete this one instead.")
  private @Nullable String drop;
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    if (drop != null) {
      request.put("checkpoint", drop);
      System.err.println(
          home.control().post("checkpoint/drop", name, request).path("message").asString());
      return ExitCode.OK;
    }
    if (as != null) {
      request.put("as", as);
    }
    JsonNode made = home.control().post("checkpoint", name, request);
    System.out.println(json ? made.toPrettyString() : made.path("name").asString());
    return ExitCode.OK;
  }
}
