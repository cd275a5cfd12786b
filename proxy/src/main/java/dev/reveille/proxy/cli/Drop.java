package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille drop NAME}. */
@Command(name = "drop", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Drop a database: end its sessions and delete its storage.")
final class Drop implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The database.")
  private String name = "";

  @Override
  public Integer call() {
    System.err.println(home.control().post("drop", name).path("message").asString());
    return ExitCode.OK;
  }
}
