package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the process in a session of its own and passes on what it tells, until it serves or has
 * ended. Nothing is polled: the end of its output is the end of the process.
 */
final class Detached {
  private Detached() {
  }

  static int start(Home home, List<String> arguments) throws IOException, InterruptedException {
    Path errors = home.log().resolve("start.log");
    List<String> command = new ArrayList<>();
    Tools.find("setsid").map(Path::toString).ifPresent(command::add);
    command.addAll(self());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectInput(new File("/dev/null"))
        .redirectError(errors.toFile())
        .start();
    try (BufferedReader told = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        if (line.equals(Narrator.SERVING)) {
          return ExitCode.OK;
        }
        System.err.println(line);
      }
    }
    int exitCode = process.waitFor();
    System.err.print(Files.readString(errors));
    if (exitCode == ExitCode.OK) {
      return ExitCode.FAILED;
    }
    return exitCode;
  }

  /** The launcher, so that the new process gets its own settings; without one, this very command. */
  private static List<String> self() {
    String launcher = System.getenv().getOrDefault("REVEILLE_LAUNCHER", "");
    if (!launcher.isEmpty()) {
      return List.of(launcher);
    }
    ProcessHandle.Info self = ProcessHandle.current().info();
    return List.of(self.command().orElse("java"), "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
        Main.class.getName());
  }

}
