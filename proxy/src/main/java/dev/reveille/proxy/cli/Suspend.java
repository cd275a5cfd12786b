package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille suspend NAME}. */
@Command(name = "suspend", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Stop the compute of a database; the next connection wakes it.")
final class Suspend implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The database.")
  private String name = "";

  @Override
  public Integer call() {
    System.err.println(home.control().post("suspend", name).path("message").asString());
    return ExitCode.OK;
  }
}
