package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.HomePlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The command line as a user has it: one process a command, on a home of its own. */
public final class Cli {
  private static final int SECONDS = 180;
  private static final String FEW_PREPARED = "compute: {prepared-running: 1, prepared-copied: 1}\n";

  /** What a command printed, and its exit code. */
  public record Result(int exitCode, String out, String err) {}

  public final Path home;
  public final int port;
  public final int httpPort;

  private Cli(Path home, int port, int httpPort) {
    this.home = home;
    this.port = port;
    this.httpPort = httpPort;
  }

  /** In a home that prepares little: by default each start and each create copies many storages. */
  public static Cli inFreshHome() throws IOException {
    Cli cli = withDefaults();
    Files.writeString(cli.home.resolve("config.yaml"), FEW_PREPARED);
    return cli;
  }

  /** In a home without a configuration. */
  static Cli withDefaults() throws IOException {
    Path home = Files.createTempDirectory(HomePlace.path(), "reveille-cli-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Cli(home, first.getLocalPort(), second.getLocalPort());
    }
  }

  public Result up() throws Exception {
    return run("up", "--detach", "--port", String.valueOf(port), "--http-port",
        String.valueOf(httpPort));
  }

  /** Runs a command to its end. */
  public Result run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
        System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("REVEILLE_"));
    builder.environment().put("REVEILLE_HOME", home.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process));
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the command did not end: " + List.of(arguments));
    }
    return new Result(process.exitValue(), out, err.get(SECONDS, TimeUnit.SECONDS));
  }

  private static String text(Process process) {
    try {
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Connects as the connection string says, with a real driver, and returns the one value. */
  public static String query(String connectionString, String sql) throws SQLException {
    URI uri = URI.create(connectionString.strip());
    String[] user = uri.getRawUserInfo().split(":", 2);
    Properties properties = new Properties();
    properties.setProperty("user", user[0]);
    properties.setProperty("password", user[1]);
    String url = "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getRawPath() + "?"
        + uri.getRawQuery();
    try (Connection connection = DriverManager.getConnection(url, properties);
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "";
      }
    }
  }

  /** Processes of this machine whose command line names the home. */
  List<String> processes() {
    return ProcessHandle.allProcesses()
        .map(p -> commandLine(p.pid()))
        .filter(line -> line.contains(home.toString()))
        .toList();
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"),
          StandardCharsets.ISO_8859_1).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  ProcessHandle server() throws IOException {
    long pid = Long.parseLong(Files.readString(home.resolve("run/pid")).strip());
    return ProcessHandle.of(pid).orElseThrow();
  }

  /** Stops what runs on the home, and removes it. */
  public void remove() throws Exception {
    run("down");
    try (var files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
