package dev.reveille.chaos.harness;

import dev.reveille.chaos.tools.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the built product is started: the proxy's class path as the build made it, and its main. */
final class Product {
  private static final String MAIN = "dev.reveille.proxy.cli.Main";
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private Product() {
  }

  /** {@code reveille up} in the foreground; output is appended to a log beside the home. */
  static Process up(Path home, int port, int httpPort, List<String> jvmOptions)
      throws IOException {
    List<String> words = new ArrayList<>(List.of(JAVA.toString(), "-cp", classPath(),
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    words.addAll(jvmOptions);
    words.addAll(List.of(MAIN, "up", "--home", home.toString(), "--port", Integer.toString(port),
        "--http-port", Integer.toString(httpPort)));
    return new ProcessBuilder(words).redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(home).toFile()))
        .start();
  }

  /** One short-lived command of the command line. */
  static Command command(String... words) {
    return Command.of(JAVA.toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
        classPath(), MAIN).and(words);
  }

  /** A program called {@code reveille} in this directory that is the command line of the product. */
  static void launcher(Path directory) throws IOException {
    Path script = directory.resolve("reveille");
    Files.writeString(script, """
        #!/bin/sh
        exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
          -cp '%s' %s "$@"
        """.formatted(JAVA, classPath(), MAIN));
    script.toFile().setExecutable(true, false);
  }

  /** What the product wrote, and the last lines of its embedded catalog. */
  static String log(Path home) {
    return tail(logFile(home), 200) + tail(home.resolve("catalog/postgres.log"), 20);
  }

  private static String tail(Path file, int lines) {
    try {
      List<String> all = Files.readAllLines(file);
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size())) + "\n";
    } catch (IOException e) {
      return "";
    }
  }

  private static Path logFile(Path home) {
    return home.resolve("test-output.log");
  }

  /**
   * An archive of loaded classes, as the launcher has one: the first that ends by itself after a build
   * writes it, and each one after that starts in half of the time. The JVM writes it for jars only.
   */
  static List<String> classArchive() {
    boolean built = Stream.of(classPath().split(File.pathSeparator, -1))
        .allMatch(entry -> Files.isRegularFile(Path.of(entry)));
    return built
        ? List.of("-Xshare:auto", "-Xlog:disable", "-XX:+AutoCreateSharedArchive",
            "-XX:SharedArchiveFile=" + Path.of("target", "product.jsa").toAbsolutePath())
        : List.of();
  }

  /** This test's own class path without its own classes. */
  private static String classPath() {
    String all = System.getProperty("surefire.test.class.path",
        System.getProperty("java.class.path"));
    return Stream.of(all.split(File.pathSeparator, -1))
        .filter(entry -> !entry.contains("chaos-tests" + File.separator + "target"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
