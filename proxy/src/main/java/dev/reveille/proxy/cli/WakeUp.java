package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille wake NAME}. */
@Command(name = "wake", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Start the compute of a database without connecting to it.")
final class WakeUp implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The database.")
  private String name = "";

  @Override
  public Integer call() {
    System.err.println(home.control().post("wake", name).path("message").asString());
    return ExitCode.OK;
  }
}
