package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reveille create NAME}. */
@Command(name = "create", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Create a database and print its connection string, and nothing else.")
final class Create implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The database.")
  private String name = "";
  @Option(names = "--from", paramLabel = "SOURCE", description = "Make it a branch of a database, or of DATABASE@CHECKPOINT.")
  private @Nullable String from;
  @Mixin
  private NewDatabaseOptions options = new NewDatabaseOptions();

  @Override
  public Integer call() {
    return options.create(home, name, from);
  }
}
