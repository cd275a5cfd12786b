package dev.reveille.chaos.product;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.P256;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Ports;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.harness.Trees;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.FrontendMessages;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** psql and libpq 18 at listeners for certificates, for tokens and for OAUTHBEARER. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherProofsTest {
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(3);

  private final Started started = new Started();
  private final int certificates = Ports.free();
  private final int tokens = Ports.free();
  private final int bearers = Ports.free();
  private HttpServer issuer;
  private ECKey key;
  private Path files;
  private RunningReveille reveille;
  private ConnectionString url;

  @BeforeAll
  void start() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
    byte[] keys = new JWKSet(key).toString(true).getBytes(StandardCharsets.UTF_8);
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext("/keys", exchange -> {
      try (exchange) {
        exchange.sendResponseHeaders(200, keys.length);
        exchange.getResponseBody().write(keys);
      }
    });
    issuer.start();
    started.add(() -> issuer.stop(0));
    files = Files.createTempDirectory("reveille-proofs");
    started.add(() -> Trees.delete(files));
    reveille = started.add(Products.start(
        """
            listeners:
              - address: localhost
              - {address: localhost, port: %1$d, proof: certificate}
              - {address: localhost, port: %2$d, proof: token}
              - {address: localhost, port: %3$d, proof: oauthbearer}
            issuers:
              - issuer: %4$s
                jwks: http://127.0.0.1:%5$d/keys
                audience: reveille
                template: a_people
                claims: {mode: db_mode}
              - {issuer: '%4$s', jwks: 'http://127.0.0.1:%5$d/keys', audience: reveille, template: a_gone}
            tls:
              plaintext: true
            compute:
              prepared-running: 1
              prepared-copied: 0
            """
            .formatted(certificates, tokens, bearers, issuer(), issuer.getAddress().getPort())));
    url = reveille.create("shop");
    reveille.run("credential", "create", "--name", "a_people", "--no-secret", "--mode", "rw",
        "--database", "shop");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private String issuer() {
    return "https://127.0.0.1:" + issuer.getAddress().getPort();
  }

  private String token(Duration left, String mode) throws Exception {
    var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k").build(),
        new JWTClaimsSet.Builder().issuer(issuer())
            .audience("reveille")
            .subject("alice")
            .claim("db_mode", mode)
            .expirationTime(Date.from(now().plus(left)))
            .build());
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }

  private static Instant now() {
    return InstantSource.system().instant();
  }

  private Command.Outcome psql(String connection, String password, String sql) {
    return Command.of(Tools.pgProgram("psql").toString(), "-X", "-At", "-w", "-c", sql, connection)
        .with("PGPASSWORD", password)
        .run();
  }

  private String at(int port, String user, String more) {
    return "host=localhost port=" + port + " dbname=shop user=" + user + " sslmode=verify-full"
        + " sslrootcert=" + reveille.home().resolve("tls/root.crt") + " " + more;
  }

  private void refused(Command.Outcome outcome, String... words) {
    assertThat(outcome.succeeded()).isFalse();
    assertThat(outcome.err()).contains(words);
  }

  private static String shown(Path certificate, Path key) {
    return "sslcert=" + certificate + " sslkey=" + key;
  }

  @Test
  void psql_logs_in_with_a_certificate_that_the_command_line_issued() throws Exception {
    String printed = reveille.run("credential", "cert", url.user(), "--out", files.toString(),
        "--ttl", "10min");

    assertThat(psql(printed, "", "select session_user").orThrow().out().strip())
        .isEqualTo(url.user());
    Path secret = files.resolve(url.user() + ".key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
  }

  @Test
  void other_certificates_and_none_are_refused_and_nothing_wakes() throws Exception {
    reveille.run("credential", "cert", "a_people", "--out", files.toString());
    String other = shown(files.resolve("a_people.crt"), files.resolve("a_people.key"));
    Path expired = made("expired", reveille.home().resolve("tls"), now().minus(Duration.ofDays(2)));
    Path foreign = made("foreign", files.resolve("foreign"), now());
    reveille.control("suspend", "shop");
    double asked = reveille.metric("reveille_wakes_total");

    refused(psql(at(certificates, url.user(), other), "", "select 1"),
        "certificate authentication failed");
    refused(psql(at(certificates, url.user(), ""), url.secret(), "select 1"),
        "requires a valid client certificate");
    refused(
        psql(at(certificates, url.user(), shown(expired.resolve("crt"), expired.resolve("key"))),
            "", "select 1"),
        "SSL");
    refused(
        psql(at(certificates, url.user(), shown(foreign.resolve("crt"), foreign.resolve("key"))),
            "", "select 1"),
        "SSL");
    refused(psql(at(certificates, url.user(), "").replace("verify-full", "disable"), "",
        "select 1"), "connection requires TLS");
    assertThat(reveille.metric("reveille_wakes_total")).isEqualTo(asked);
  }

  /** A certificate for the login by an authority in a directory, as of some time. */
  private Path made(String name, Path authority, Instant at) throws Exception {
    Path directory = Files.createDirectories(files.resolve(name + "-client"));
    var pair = P256.generate(new SecureRandom());
    var made = CertificateAuthority.openOrCreate(authority, InstantSource.fixed(at),
        new SecureRandom())
        .certify(pair.publicInfo(), url.user(), new UUID(0, 0), Duration.ofHours(1),
            at.plus(Duration.ofDays(1)));
    Files.createFile(directory.resolve("key"), PosixFilePermissions
        .asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(directory.resolve("key"), pair.privatePem());
    Files.writeString(directory.resolve("crt"), made.pem());
    return directory;
  }

  @Test
  void psql_logs_in_with_a_token_as_its_password_at_that_listener_alone() throws Exception {
    String token = token(Duration.ofMinutes(5), "ddl");

    assertThat(psql(at(tokens, "a_people", ""), token, "select session_user").orThrow().out())
        .matches("j_[a-z2-7]{24}\\s+");
    refused(psql(at(reveille.port(), "a_people", ""), token, "select 1"),
        "password authentication");
    refused(psql(at(tokens, url.user(), ""), url.secret(), "select 1"), "password authentication");
    refused(psql(at(tokens, "a_people", "").replace("verify-full", "disable"), token, "select 1"),
        "connection requires TLS");
    refused(psql(at(tokens, "a_people", ""), token(Duration.ofMinutes(-1), "rw"), "select 1"),
        "the token is not accepted", "It has expired.");
  }

  @Test
  void a_claim_can_only_narrow() throws Exception {
    String table = "create table narrowed (x int)";
    psql(at(reveille.port(), url.user(), ""), url.secret(), table).orThrow();

    psql(at(tokens, "a_people", ""), token(Duration.ofMinutes(5), "rw"),
        "insert into narrowed values (1)").orThrow();
    refused(psql(at(tokens, "a_people", ""), token(Duration.ofMinutes(5), "ro"),
        "insert into narrowed values (1)"), "permission denied");
    refused(psql(at(tokens, "a_people", ""), token(Duration.ofMinutes(5), "ddl"),
        "create table mine (x int)"), "permission denied");
  }

  @Test
  void a_live_session_ends_with_the_token_that_let_it_in() throws Exception {
    try (WireClient client = session("a_people", token(Duration.ofSeconds(5), "rw"))) {
      assertThat(((ErrorResponse) client.readTo(ErrorResponse.class).getLast()).fields().sqlState())
          .isEqualTo("57P01");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void live_sessions_end_within_3_s_when_the_template_is_revoked() throws Exception {
    reveille.run("credential", "create", "--name", "a_gone", "--no-secret", "--mode", "rw",
        "--database", "shop");
    try (WireClient client = session("a_gone", token(Duration.ofMinutes(5), "rw"))) {
      reveille.run("credential", "revoke", "a_gone");
      Instant revoked = now();
      assertThat(((ErrorResponse) client.readTo(ErrorResponse.class).getLast()).fields().sqlState())
          .isEqualTo("57P01");
      assertThat(Duration.between(revoked, now())).isLessThan(ENDS_WITHIN);
    }
  }

  private WireClient session(String login, String token) throws Exception {
    WireClient client = WireClient.to(tokens)
        .tls(WireClient.root(reveille))
        .startup(login, "shop");
    client.read();
    client.send(out -> FrontendMessages.password(out, token));
    client.readTo(ReadyForQuery.class);
    return client;
  }

  @Test
  void libpq_18_logs_in_by_oauthbearer_and_is_told_whom_to_ask() throws Exception {
    Path script = Path.of(Objects.requireNonNull(
        OtherProofsTest.class.getResource("/drivers/libpq_oauth.py")).toURI());
    var outcome = Command.of(Tools.pythonWithPackages().toString(),
        script.toString(),
        at(bearers, "a_people", "oauth_issuer=" + issuer() + " oauth_client_id=tests"))
        .with("TOKEN", token(Duration.ofMinutes(5), "rw"))
        .run();

    assertThat(outcome.out()).as(outcome.err())
        .startsWith("row j_")
        .contains("shop", issuer() + "/.well-known/openid-configuration openid");
    assertThat(List.of(outcome.err())).doesNotContain("Traceback");
  }
}
