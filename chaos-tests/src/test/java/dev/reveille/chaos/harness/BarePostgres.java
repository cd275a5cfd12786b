package dev.reveille.chaos.harness;

import dev.reveille.chaos.tools.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A Postgres of our own, from the binaries that computes run, listening on loopback TCP: what a
 * {@code static} cell or an external catalog points at. Runs as an ordinary user. Closing it stops
 * it and deletes its storage.
 */
public final class BarePostgres implements AutoCloseable {
  public static final String SUPERUSER = "postgres";
  public static final String SECRET = "bare-secret";

  /** What a compute is given too; see the class that starts computes. */
  private static final List<String> LEAN = List.of("listen_addresses=127.0.0.1",
      "unix_socket_directories=", "io_method=sync", "shared_buffers=16MB", "max_connections=100",
      "max_worker_processes=4", "jit=off", "huge_pages=off", "recovery_init_sync_method=syncfs",
      "log_min_messages=fatal");

  private final Path directory;
  private final int port;
  private final List<String> command;
  private Process process;

  private BarePostgres(Path directory, int port, List<String> command) throws IOException {
    this.directory = directory;
    this.port = port;
    this.command = command;
    this.process = launch();
  }

  /** Initialises and starts it; {@code settings} are {@code name=value}. */
  public static BarePostgres start(String... settings) throws IOException {
    Path directory = Files.createTempDirectory("reveille-bare");
    Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");
    Path data = Files.createDirectory(directory.resolve("data"));
    Ordinary.own(directory);
    Ordinary.own(secret);
    Ordinary.own(data);
    Path bin = Ordinary.binaries();
    Command
        .of(Ordinary.as(List.of(bin.resolve("initdb").toString(), "-D", data.toString(), "-U",
            SUPERUSER, "--pwfile=" + secret, "--auth=scram-sha-256", "--no-sync",
            "--encoding=UTF8", "--locale=C")))
        .in(directory)
        .within(Duration.ofMinutes(2))
        .run()
        .orThrow();
    int port = Ports.free();
    List<String> words = new ArrayList<>(List.of(bin.resolve("postgres").toString(), "-D",
        data.toString()));
    List<String> all = new ArrayList<>(LEAN);
    all.add("port=" + port);
    all.addAll(List.of(settings));
    all.forEach(setting -> words.addAll(List.of("-c", setting)));
    BarePostgres started = new BarePostgres(directory, port, Ordinary.as(words));
    started.awaitReady();
    return started;
  }

  /** Stops it as it should be stopped: fast, with a checkpoint. */
  public void stop() {
    Proc.signal(process.pid(), "CONT");
    Proc.signal(process.pid(), "INT");
    if (!Processes.endsWithin(process, Duration.ofSeconds(20))) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** Starts what was stopped; returns at the moment that it says it is ready. */
  public void startAgain() throws IOException {
    process = launch();
    awaitReady();
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command).directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!ready()) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IOException("Postgres did not start: "
            + Files.readString(directory.resolve("log")));
      }
      LockSupport.parkNanos(200_000);
    }
  }

  private boolean ready() {
    try {
      List<String> lines = Files.readAllLines(directory.resolve("data/postmaster.pid"));
      return lines.size() > 7 && lines.get(7).startsWith("ready")
          && lines.getFirst().equals(Long.toString(process.pid()));
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  public ConnectionString url() {
    return new ConnectionString(SUPERUSER, SECRET, "127.0.0.1", port, "postgres",
        Map.of("sslmode", "disable"));
  }

  public Connection connect() throws SQLException {
    return url().connect();
  }

  @Override
  public void close() throws IOException {
    stop();
    Trees.delete(directory);
  }
}
