package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import dev.reveille.proxy.app.ReveilleServer;
import dev.reveille.proxy.app.StartFailure;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.config.ConfigurationException;
import dev.reveille.proxy.logging.LogConfigurator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reveille up}: the process itself, or with {@code --detach} the one that starts it. */
@Command(name = "up", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Start serving. Ends on Ctrl-C or \"reveille down\"; then every database sleeps.")
final class Up implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--port", paramLabel = "PORT", description = "Port for clients (default: 6432, or as configured).")
  private @Nullable Integer port;
  @Option(names = "--http-port", paramLabel = "PORT", description = "Port for health, metrics and these commands (default: 6480).")
  private @Nullable Integer httpPort;
  @Option(names = "--config", paramLabel = "FILE", description = "Configuration (default: $$REVEILLE_CONFIG, else config.yaml in the home).")
  private @Nullable Path file;
  @Option(names = "--detach", description = "Return as soon as it serves, and leave it running.")
  private boolean detach;
  @Option(names = "--detached", hidden = true)
  private boolean detached;

  @Override
  public Integer call() throws Exception {
    Home chosen = home.home();
    Configuration configuration = configuration(chosen);
    try {
      chosen.prepare();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "the home cannot be made: " + e.getMessage(),
          "Choose another with --home or REVEILLE_HOME.");
    }
    if (detach) {
      return Detached.start(chosen, arguments(chosen));
    }
    Optional<Path> log = detached
        ? Optional.of(chosen.log().resolve("reveille.log"))
        : Optional.empty();
    LogConfigurator.apply(configuration.log(), log);
    Narrator narrator = new Narrator(detached);
    ReveilleServer server;
    try {
      server = ReveilleServer.start(chosen, configuration, Version.text(), narrator);
    } catch (StartFailure e) {
      throw new CommandFailure(exitCode(e.kind()), String.valueOf(e.getMessage()), e.hint());
    }
    narrator.serving(server.listeners(), server.http(), chosen);
    return server.awaitStopped() ? ExitCode.OK : ExitCode.FAILED;
  }

  private Configuration configuration(Home chosen) {
    Map<String, String> overrides = new HashMap<>(System.getenv());
    if (port != null) {
      overrides.put("REVEILLE_LISTENERS_0_PORT", port.toString());
    }
    if (httpPort != null) {
      overrides.put("REVEILLE_HTTP_PORT", httpPort.toString());
    }
    Optional<Path> named = Optional.ofNullable(file)
        .or(() -> Optional.ofNullable(System.getenv("REVEILLE_CONFIG")).map(Path::of));
    if (named.isPresent() && !Files.exists(named.get())) {
      throw new CommandFailure(ExitCode.USAGE, "there is no file " + named.get(), null);
    }
    try {
      return Configuration.load(named.orElse(chosen.configuration()), overrides);
    } catch (ConfigurationException e) {
      throw new CommandFailure(ExitCode.USAGE,
          "the configuration cannot be used:\n  " + String.join("\n  ", e.problems()),
          "Every value is described in docs/configuration.md.");
    }
  }

  private List<String> arguments(Home chosen) {
    List<String> arguments = new ArrayList<>(
        List.of("up", "--detached", "--home", chosen.root().toString()));
    if (port != null) {
      arguments.addAll(List.of("--port", port.toString()));
    }
    if (httpPort != null) {
      arguments.addAll(List.of("--http-port", httpPort.toString()));
    }
    if (file != null) {
      arguments.addAll(List.of("--config", file.toAbsolutePath().toString()));
    }
    return arguments;
  }

  private static int exitCode(StartFailure.Kind kind) {
    return switch (kind) {
      case FAILED -> ExitCode.FAILED;
      case CONFIGURATION -> ExitCode.USAGE;
      case ALREADY_RUNNING -> ExitCode.ALREADY_EXISTS;
    };
  }
}
