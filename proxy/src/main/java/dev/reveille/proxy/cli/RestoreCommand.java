package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code reveille restore NAME CHECKPOINT}. */
@Command(name = "restore", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Make a database what it was at a checkpoint; prints the checkpoint that undoes it.")
final class RestoreCommand implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(index = "0", paramLabel = "NAME", description = "The database; its sessions end.")
  private String name = "";
  @Parameters(index = "1", paramLabel = "CHECKPOINT", description = "See: reveille checkpoints NAME")
  private String checkpoint = "";
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode restored = home.control()
        .post("restore", name,
            JsonMapper.shared().createObjectNode().put("checkpoint", checkpoint));
    String before = restored.path("before").path("name").asString();
    System.out.println(json ? restored.toPrettyString() : before);
    if (!json) {
      System.err.println("\"" + name + "\" is restored; undo it with: reveille restore " + name
          + " " + before);
    }
    return ExitCode.OK;
  }
}
