package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code reveille rename NAME NEW}. */
@Command(name = "rename", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Give a database that has no sessions another name; its credentials stay.")
final class Rename implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(index = "0", paramLabel = "NAME", description = "The database.")
  private String name = "";
  @Parameters(index = "1", paramLabel = "NEW", description = "Its new name.")
  private String to = "";

  @Override
  public Integer call() {
    System.err.println(home.control()
        .post("rename", name, JsonMapper.shared().createObjectNode().put("to", to))
        .path("message")
        .asString());
    return ExitCode.OK;
  }
}
