package dev.reveille.chaos.bench;

import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Ordinary;
import dev.reveille.chaos.harness.Ports;
import dev.reveille.chaos.harness.Trees;
import dev.reveille.chaos.tools.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** PgBouncer in session mode in front of a Postgres, if there is one on this machine. */
record Bouncer(Process process, Path directory, ConnectionString url) implements AutoCloseable {
  static Optional<Path> program() {
    return Tools.onPath("pgbouncer")
        .or(() -> Stream.of(Path.of("/usr/sbin/pgbouncer"))
            .filter(Files::isExecutable)
            .findFirst());
  }

  /** Speaks TLS with the given certificate to those who ask for it. */
  static Bouncer start(Path program, BarePostgres postgres, Path certificate, Path key)
      throws IOException {
    Path directory = Files.createTempDirectory("reveille-bouncer");
    int port = Ports.free();
    Path tlsKey = Files.copy(key, directory.resolve("server.key"));
    Path tlsCertificate = Files.copy(certificate, directory.resolve("server.crt"));
    Path users = Files.writeString(directory.resolve("users"),
        "\"%s\" \"%s\"\n".formatted(BarePostgres.SUPERUSER, BarePostgres.SECRET));
    Path settings = Files.writeString(directory.resolve("pgbouncer.ini"), """
        [databases]
        * = host=127.0.0.1 port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        auth_type = scram-sha-256
        auth_file = %s
        pool_mode = session
        max_client_conn = 500
        default_pool_size = 80
        ignore_startup_parameters = extra_float_digits
        client_tls_sslmode = allow
        client_tls_key_file = %s
        client_tls_cert_file = %s
        log_connections = 0
        log_disconnections = 0
        """.formatted(postgres.port(), port, users, tlsKey, tlsCertificate));
    for (Path file : List.of(directory, tlsKey, tlsCertificate, users, settings)) {
      Ordinary.own(file);
    }
    Process process = new ProcessBuilder(
        Ordinary.as(List.of(program.toString(), "-q", settings.toString())))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
    return new Bouncer(process, directory, postgres.url().atPort(port));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Trees.delete(directory);
  }
}
