package dev.reveille.proxy.connect;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.ServerCertificate;
import dev.reveille.compute.ClientCertificate;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeTls;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A real Postgres that asks for everything: roles {@code clear}, {@code digest}, {@code scram} with the secret
 * {@code sesame}, {@code bound} by scram and TLS only, and {@code carded} by client certificate.
 */
final class GuardedPostgres implements AutoCloseable {
  final Path rootCertificate;
  final Path otherRootCertificate;
  final ClientCertificate card;
  private final EmbeddedPostgres server;

  GuardedPostgres(Path directory) throws IOException, GeneralSecurityException, SQLException {
    CertificateAuthority authority = CertificateAuthority.openOrCreate(directory.resolve("tls"),
        InstantSource.system(), new SecureRandom());
    ServerCertificate certificate = ServerCertificate.open(authority, List.of());
    rootCertificate = authority.rootCertificatePath();
    card = selfSigned(directory, "carded");
    otherRootCertificate = card.certificate();
    Path data = directory.resolve("data");
    server = EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setServerConfig("ssl", "on")
        .setServerConfig("listen_addresses", "127.0.0.1,127.0.0.2")
        .setServerConfig("ssl_cert_file", certificate.certificatePath().toString())
        .setServerConfig("ssl_key_file", certificate.keyPath().toString())
        .setServerConfig("ssl_ca_file", card.certificate().toString())
        .setServerConfig("unix_socket_directories", directory.toString())
        .start();
    try (Connection connection = direct(); Statement statement = connection.createStatement()) {
      statement.execute("set password_encryption = 'md5'");
      statement.execute("create role digest login password 'sesame'");
      statement.execute("set password_encryption = 'scram-sha-256'");
      statement.execute("create role clear login password 'sesame'");
      statement.execute("create role scram login password 'sesame'");
      statement.execute("create role bound login password 'sesame'");
      statement.execute("create role carded login");
      Files.writeString(data.resolve("pg_hba.conf"), """
          local all postgres trust
          host all postgres all trust
          host all clear all password
          local all clear password
          host all digest all md5
          host all scram all scram-sha-256
          hostssl all bound all scram-sha-256
          hostssl all carded all cert
          """);
      statement.execute("select pg_reload_conf()");
    }
  }

  Connection direct() throws SQLException {
    return server.getPostgresDatabase().getConnection();
  }

  ComputeAddress tcp(String host, ComputeTls.Mode mode, Path root) {
    return new ComputeAddress.Tcp(host, server.getPort(), new ComputeTls(mode, Optional.of(root)));
  }

  ComputeAddress plain() {
    return new ComputeAddress.Tcp("127.0.0.1", server.getPort(), ComputeTls.DISABLED);
  }

  ComputeAddress unix(Path directory) {
    return new ComputeAddress.UnixSocket(directory.resolve(".s.PGSQL." + server.getPort()));
  }

  /** Postgres trusts a self-signed certificate that is its own root. */
  private static ClientCertificate selfSigned(Path directory, String name)
      throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    X500Principal subject = new X500Principal("CN=" + name);
    Instant now = Instant.now();
    Path certificate = directory.resolve(name + ".crt");
    Path key = directory.resolve(name + ".key");
    try {
      byte[] encoded = new JcaX509v3CertificateBuilder(subject, BigInteger.ONE,
          Date.from(now.minus(1, ChronoUnit.DAYS)), Date.from(now.plus(1, ChronoUnit.DAYS)),
          subject, keys.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
          .getEncoded();
      Files.writeString(certificate, pem("CERTIFICATE", encoded));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
    Files.writeString(key, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    return new ClientCertificate(certificate, key);
  }

  private static String pem(String label, byte[] content) {
    return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content)
        + "\n-----END " + label
        + "-----\n";
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
