package dev.reveille.proxy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where one installation keeps everything. Several homes live side by side, on several ports. */
public record Home(Path root) {
  /** The one that was named, else {@code $REVEILLE_HOME}, else {@code ~/.reveille}. */
  public static Home choose(@Nullable Path named, Map<String, String> environment) {
    String variable = environment.getOrDefault("REVEILLE_HOME", "");
    // The account's own entry is what Java knows; a shell, and so everybody else, asks $HOME.
    String user = environment.getOrDefault("HOME", System.getProperty("user.home"));
    Path chosen = named != null
        ? named
        : !variable.isEmpty()
            ? Path.of(variable)
            : Path.of(user, ".reveille");
    return new Home(chosen.toAbsolutePath().normalize());
  }

  public Path configuration() {
    return root.resolve("config.yaml");
  }

  public Path tls() {
    return root.resolve("tls");
  }

  public Path rootCertificate() {
    return tls().resolve("root.crt");
  }

  public Path catalog() {
    return root.resolve("catalog");
  }

  public Path cells() {
    return root.resolve("cells");
  }

  public Path log() {
    return root.resolve("log");
  }

  /** One JSON object for each audit event. */
  public Path audit() {
    return log().resolve("audit.jsonl");
  }

  public Path run() {
    return root.resolve("run");
  }

  /** Secrets that outlive the process; readable by its owner only. */
  public Path secrets() {
    return root.resolve("secrets");
  }

  /** Held, as a file lock, by the running process for its whole life. */
  public Path lockFile() {
    return run().resolve("lock");
  }

  public Path pidFile() {
    return run().resolve("pid");
  }

  /** Host and port of the running process' HTTP listener. */
  public Path httpFile() {
    return run().resolve("http");
  }

  /** The secret of the control calls; readable by its owner only. */
  public Path tokenFile() {
    return run().resolve("token");
  }

  /** Makes the directories, readable by their owner only where they hold secrets. */
  public void prepare() throws IOException {
    Files.createDirectories(root);
    for (Path secret : new Path[]{run(), log(), secrets()}) {
      Files.createDirectories(secret);
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** A path from the configuration: a relative one starts here. */
  public Path resolve(Path configured) {
    return root.resolve(configured);
  }

  /** The text of one of the small files, when it is there and not empty. */
  public static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
