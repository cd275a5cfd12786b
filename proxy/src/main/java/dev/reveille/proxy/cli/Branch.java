package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille branch SOURCE NAME}. */
@Command(name = "branch", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Create a database that begins as another is now, or was at a checkpoint, and print its connection string.")
final class Branch implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(index = "0", paramLabel = "SOURCE", description = "The database, or DATABASE@CHECKPOINT.")
  private String source = "";
  @Parameters(index = "1", paramLabel = "NAME", description = "The branch.")
  private String name = "";
  @Mixin
  private NewDatabaseOptions options = new NewDatabaseOptions();

  @Override
  public Integer call() {
    return options.create(home, name, source);
  }
}
