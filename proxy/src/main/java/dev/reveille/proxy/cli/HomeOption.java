package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --home}, which every command has. */
final class HomeOption {
  @Option(names = "--home", paramLabel = "DIR", description = "Where everything is kept (default: $$REVEILLE_HOME, else ~/.reveille).")
  private @Nullable Path directory;

  Home home() {
    return Home.choose(directory, System.getenv());
  }

  ControlClient control() {
    return new ControlClient(home());
  }
}
