package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille url NAME}. */
@Command(name = "url", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Print a fresh connection string for a database.")
final class Url implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The database.")
  private String name = "";

  @Override
  public Integer call() {
    System.out.println(home.control().post("url", name).path("url").asString());
    return ExitCode.OK;
  }
}
