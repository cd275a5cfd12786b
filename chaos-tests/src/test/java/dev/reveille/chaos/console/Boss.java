package dev.reveille.chaos.console;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Command.Outcome;
import dev.reveille.chaos.tools.Tools;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A running product, a credential that may manage its databases, and what programs are told of both, in
 * libpq's variables. Closing it closes the product.
 */
record Boss(RunningReveille reveille, ConnectionString credential) implements AutoCloseable {
  static Boss start() throws Exception {
    Started started = new Started();
    try {
      RunningReveille reveille = started.add(RunningReveille.start(Setup.configured("""
          tls:
            plaintext: true
          """)));
      reveille.create("shop");
      return new Boss(reveille, ConnectionString
          .parse(reveille.run("credential", "create", "--all-databases", "--mode", "ddl", "--for",
              "app", "--name", "boss", "--allow", "manage_databases"))
          .with("sslmode", "disable")
          .without("sslrootcert"));
    } catch (Throwable e) {
      started.close();
      throw e;
    }
  }

  /** The connection string to a database. */
  ConnectionString at(String database) {
    return credential.toDatabase(database);
  }

  Command tool(String... words) {
    return Command.of(words)
        .with("PGHOST", "localhost")
        .with("PGPORT", Integer.toString(credential.port()))
        .with("PGUSER", credential.user())
        .with("PGPASSWORD", credential.secret())
        .with("PGSSLMODE", "disable")
        .within(Duration.ofMinutes(2));
  }

  /** One of Postgres's own programs. */
  Outcome program(String name, String... words) {
    return tool(Tools.pgProgram(name).toString()).and(words).run();
  }

  String psql(String database, String sql) {
    return program("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql).orThrow()
        .out()
        .strip();
  }

  /** A file or directory of the resources beside these tests. */
  static Path resource(String name) throws URISyntaxException {
    return Path
        .of(Objects.requireNonNull(Boss.class.getResource("/console/" + name), name).toURI());
  }

  @Override
  public void close() throws IOException {
    reveille.close();
  }
}
