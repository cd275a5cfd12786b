package dev.reveille.proxy.connect;

import dev.reveille.compute.ClientCertificate;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeTls.Mode;
import dev.reveille.compute.Login;
import dev.reveille.proxy.connect.ConnectOutcome.Ready;
import dev.reveille.proxy.connect.ConnectOutcome.Refused;
import dev.reveille.proxy.connect.ConnectOutcome.Unreachable;
import dev.reveille.proxy.transport.Transport;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.SslHandler;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LoginWithPostgresTest {
  @TempDir
  private static Path directory;
  private static GuardedPostgres postgres;
  private static Connecting connecting;

  @BeforeAll
  static void start() throws Exception {
    postgres = new GuardedPostgres(directory);
    connecting = new Connecting();
  }

  @AfterAll
  static void stop() throws Exception {
    connecting.close();
    postgres.close();
  }

  private static Login login(String role, String secret) {
    return new Login(role, "postgres", Optional.of(secret), Optional.empty());
  }

  private static ComputeAddress verified(String host) {
    return postgres.tcp(host, Mode.VERIFY_FULL, postgres.rootCertificate);
  }

  private static ComputeLink ready(ConnectOutcome outcome) {
    assertThat(outcome).isInstanceOf(Ready.class);
    return ((Ready) outcome).link();
  }

  private static void leave(ConnectOutcome outcome) throws Exception {
    ComputeLink link = ready(outcome);
    link.channel().eventLoop().submit(link::close).get();
    link.channel().closeFuture().sync();
  }

  @ParameterizedTest
  @ValueSource(strings = {"clear", "digest", "scram", "bound"})
  void everyWayToProveASecretWorksUnderTls(String role) throws Exception {
    leave(connecting.logIn(verified("127.0.0.1"), login(role, "sesame")));
    assertThat(connecting.logIn(verified("127.0.0.1"), login(role, "wrong")))
        .isInstanceOfSatisfying(Refused.class,
            refused -> assertThat(refused.error().sqlState()).isEqualTo("28P01"));
    assertThat(connecting.logIn(verified("127.0.0.1"), Login.trusted(role, "postgres")))
        .isEqualTo(new Unreachable("the compute asks for a password and the login has none"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"digest", "scram"})
  void proofsThatHideTheSecretWorkInPlaintext(String role) throws Exception {
    leave(connecting.logIn(postgres.plain(), login(role, "sesame")));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aUnixSocketIsTrustedWithASecretInTheClear(Transport transport) throws Exception {
    try (Connecting other = new Connecting(transport, ConnectSettings.DEFAULTS)) {
      leave(other.logIn(postgres.unix(directory), login("clear", "sesame")));
      leave(other.logIn(postgres.unix(directory), Login.trusted("postgres", "postgres")));
    }
  }

  @Test
  void aClientCertificateIsShown() throws Exception {
    Login carded = new Login("carded", "postgres", Optional.empty(), Optional.of(postgres.card));
    leave(connecting.logIn(verified("localhost"), carded));
    ClientCertificate missing = new ClientCertificate(directory.resolve("none.crt"),
        directory.resolve("none.key"));
    assertThat(connecting.logIn(verified("localhost"),
        new Login("carded", "postgres", Optional.empty(), Optional.of(missing))))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void theComputesCertificateIsCheckedAsTheModeSays() throws Exception {
    Login anyone = Login.trusted("postgres", "postgres");
    Path right = postgres.rootCertificate;
    Path wrong = postgres.otherRootCertificate;
    leave(connecting.logIn(postgres.tcp("localhost", Mode.VERIFY_FULL, right), anyone));
    leave(connecting.logIn(postgres.tcp("127.0.0.2", Mode.VERIFY_CA, right), anyone));
    leave(connecting.logIn(postgres.tcp("127.0.0.2", Mode.REQUIRE, wrong), anyone));
    assertThat(connecting.logIn(postgres.tcp("127.0.0.2", Mode.VERIFY_FULL, right), anyone))
        .isInstanceOf(Unreachable.class);
    assertThat(connecting.logIn(postgres.tcp("localhost", Mode.VERIFY_FULL, wrong), anyone))
        .isInstanceOf(Unreachable.class);
    assertThat(connecting.logIn(postgres.tcp("localhost", Mode.VERIFY_CA, wrong), anyone))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void anUnknownDatabaseIsRefusedInPostgresOwnWords() throws Exception {
    assertThat(connecting.logIn(postgres.plain(), Login.trusted("postgres", "nowhere")))
        .isInstanceOfSatisfying(Refused.class, refused -> {
          assertThat(refused.error().sqlState()).isEqualTo("3D000");
          assertThat(refused.error().message()).isEqualTo("database \"nowhere\" does not exist");
        });
  }

  @Test
  void theKeyIsAsLongAsTheProtocolAllows() throws Exception {
    Login anyone = Login.trusted("postgres", "postgres");
    ConnectOutcome old = connecting.begin(postgres.plain(), anyone, Map.of(), ProtocolVersion.V3_0)
        .get();
    assertThat(ready(old).secret().length()).isEqualTo(4);
    leave(old);
    ConnectOutcome recent = connecting
        .begin(postgres.plain(), anyone, Map.of("application_name", "told so"),
            ProtocolVersion.V3_2)
        .get();
    assertThat(ready(recent).secret().length()).isEqualTo(32);
    assertThat(connecting.heard).contains("application_name=told so");
    leave(recent);
  }

  @Test
  void aCancelTravelsUnderTlsToo() throws Exception {
    ConnectOutcome outcome = connecting.logIn(verified("localhost"),
        Login.trusted("postgres", "postgres"));
    ComputeLink link = ready(outcome);
    assertThat(link.channel().pipeline().get(SslHandler.class)).isNotNull();
    ByteBuf query = link.channel().alloc().buffer();
    FrontendMessages.query(query, "select pg_sleep(1000)");
    link.channel().writeAndFlush(query).sync();
    sleeps(link.processId(), true);
    assertThat(
        link.channel().eventLoop().submit(() -> link.cancel(() -> false)).get().sync().getNow())
        .isFalse();
    sleeps(link.processId(), true);
    assertThat(
        link.channel().eventLoop().submit(() -> link.cancel(() -> true)).get().sync().getNow())
        .isTrue();
    sleeps(link.processId(), false);
    leave(outcome);
  }

  private static void sleeps(int pid, boolean expected) {
    await().untilAsserted(() -> {
      try (var connection = postgres.direct();
          var statement = connection.createStatement();
          var rows = statement.executeQuery(
              "select 1 from pg_stat_activity where wait_event = 'PgSleep' and pid = " + pid)) {
        assertThat(rows.next()).isEqualTo(expected);
      }
    });
  }
}
