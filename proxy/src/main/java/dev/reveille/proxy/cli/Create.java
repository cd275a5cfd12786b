package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille create NAME}. */
@Command(name = "create", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Create a database and print its connection string, and nothing else.")
final class Create implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The database.")
  private String name = "";

  @Override
  public Integer call() {
    System.out.println(home.control().post("create", name).path("url").asString());
    return ExitCode.OK;
  }
}
