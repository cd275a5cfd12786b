package dev.reveille.proxy.connect;

import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeTls;
import dev.reveille.compute.Login;
import dev.reveille.proxy.connect.ConnectOutcome.Ready;
import dev.reveille.proxy.connect.ConnectOutcome.Refused;
import dev.reveille.proxy.connect.ConnectOutcome.Unreachable;
import dev.reveille.proxy.transport.Keepalive;
import dev.reveille.proxy.transport.Transport;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.InitialPackets;
import dev.reveille.wire.ProtocolVersion;
import dev.reveille.wire.Severity;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Logins on computes that say what real ones rarely or never do. */
class LoginScriptsTest {
  private static final Login TRUSTED = Login.trusted("agent", "shop");
  private static final Login WITH_SECRET = new Login("agent", "shop", Optional.of("sesame"),
      Optional.empty());
  private static final ComputeTls REQUIRE = new ComputeTls(ComputeTls.Mode.REQUIRE,
      Optional.empty());

  private final Connecting connecting = new Connecting();
  private final CompletableFuture<StartupMessage> startup = new CompletableFuture<>();
  private ServerSocket listener;

  private interface Script {
    void play(Socket socket, DataInputStream in) throws IOException;
  }

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    connecting.close();
    listener.close();
  }

  private ComputeAddress address(ComputeTls tls) {
    return new ComputeAddress.Tcp("127.0.0.1", listener.getLocalPort(), tls);
  }

  private void play(Script script) {
    Thread.ofPlatform().daemon().start(() -> {
      try (Socket socket = listener.accept()) {
        script.play(socket, new DataInputStream(socket.getInputStream()));
      } catch (IOException e) {
        startup.completeExceptionally(e);
      }
    });
  }

  /** Reads the startup packet, says {@code words} in one write, then waits for the proxy to leave. */
  private void say(Consumer<ByteBuf> words) {
    play((socket, in) -> {
      readStartup(in);
      ByteBuf out = Unpooled.buffer();
      words.accept(out);
      socket.getOutputStream().write(ByteBufUtil.getBytes(out));
      in.transferTo(OutputStream.nullOutputStream());
    });
  }

  private void readStartup(DataInputStream in) throws IOException {
    int length = in.readInt();
    ByteBuf packet = Unpooled.buffer().writeInt(length).writeBytes(in.readNBytes(length - 4));
    startup.complete((StartupMessage) InitialPackets.decode(packet));
  }

  private static void welcome(ByteBuf out) {
    BackendMessages.authenticationOk(out);
    BackendMessages.parameterStatus(out, "server_version", "18");
    BackendMessages.noticeResponse(out, ErrorFields.of(Severity.NOTICE, "00000", "mind the gap"));
    BackendMessages.backendKeyData(out, 42, CancelSecret.of(new byte[]{1, 2, 3, 4}));
    BackendMessages.readyForQuery(out, TransactionStatus.IDLE);
  }

  @Test
  void whatWasCheckedIsWhatIsSent() throws Exception {
    say(LoginScriptsTest::welcome);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "somebody else");
    parameters.put("options", "-c geqo=off");
    parameters.put("_pq_.feature", "on");
    parameters.put("application_name", "test");
    Object outcome = connecting
        .begin(address(ComputeTls.DISABLED), TRUSTED, parameters, ProtocolVersion.V3_2)
        .get();
    assertThat(outcome).isInstanceOf(Ready.class);
    StartupMessage sent = startup.get();
    assertThat(sent.version()).isEqualTo(ProtocolVersion.V3_2);
    assertThat(sent.parameters().entrySet()).extracting(Object::toString)
        .containsExactly("user=agent", "database=shop", "options=-c geqo=off",
            "application_name=test");
    assertThat(connecting.heard).containsExactly("server_version=18", "notice mind the gap");
  }

  @Test
  void bytesAfterTheLoginAreKeptForTheRelay() throws Exception {
    say(out -> {
      welcome(out);
      BackendMessages.parameterStatus(out, "TimeZone", "UTC");
    });
    Ready ready = (Ready) connecting.logIn(address(ComputeTls.DISABLED), TRUSTED);
    ByteBuf leftover = ready.link()
        .channel()
        .eventLoop()
        .submit(() -> ready.link().takeLeftover())
        .get();
    assertThat(leftover.toString(StandardCharsets.US_ASCII)).startsWith("S").contains("TimeZone");
    leftover.release();
    assertThat(ready.link().channel().config().isAutoRead()).isFalse();
    ready.link().channel().eventLoop().submit(ready.link()::close).get();
  }

  @Test
  void anOlderComputeIsFollowed() throws Exception {
    say(out -> {
      BackendMessages.negotiateProtocolVersion(out, 0, List.of());
      welcome(out);
    });
    assertThat(
        connecting.begin(address(ComputeTls.DISABLED), TRUSTED, Map.of(), ProtocolVersion.V3_2)
            .get())
        .isInstanceOf(Ready.class);
  }

  @Test
  void theComputesStartupErrorIsReturnedWhole() throws Exception {
    ErrorFields error = ErrorFields.of(Severity.FATAL, "3D000", "database \"shop\" does not exist")
        .detail("gone")
        .hint("look elsewhere")
        .with(ErrorFields.FILE, "postinit.c");
    say(out -> BackendMessages.errorResponse(out, error));
    assertThat(connecting.logIn(address(ComputeTls.DISABLED), TRUSTED))
        .isEqualTo(new Refused(error));
  }

  @Test
  void nobodyThereIsUnreachable() throws Exception {
    ComputeAddress address = address(ComputeTls.DISABLED);
    listener.close();
    assertThat(connecting.logIn(address, TRUSTED)).isInstanceOf(Unreachable.class);
    assertThat(connecting.logIn(new ComputeAddress.UnixSocket(Path.of("/nowhere/.s.PGSQL.5432")),
        TRUSTED)).isInstanceOf(Unreachable.class);
    assertThat(connecting
        .logIn(new ComputeAddress.Tcp("no-such-host.invalid", 1, ComputeTls.DISABLED), TRUSTED))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void aSecretIsNotSentInTheClear() throws Exception {
    say(out -> out.writeByte('R').writeInt(8).writeInt(3));
    assertThat(connecting.logIn(address(ComputeTls.DISABLED), WITH_SECRET))
        .isEqualTo(new Unreachable("the compute asks for a password in the clear, over plaintext"));
  }

  @Test
  void aComputeThatSkipsItsProofIsNotTrusted() throws Exception {
    play((socket, in) -> {
      readStartup(in);
      ByteBuf out = Unpooled.buffer();
      BackendMessages.authenticationSasl(out, List.of("SCRAM-SHA-256"));
      socket.getOutputStream().write(ByteBufUtil.getBytes(out));
      in.readByte();
      in.skipNBytes(in.readInt() - 4L);
      out.clear();
      welcome(out);
      socket.getOutputStream().write(ByteBufUtil.getBytes(out));
      in.transferTo(OutputStream.nullOutputStream());
    });
    assertThat(connecting.logIn(address(ComputeTls.DISABLED), WITH_SECRET))
        .isEqualTo(
            new Unreachable("the compute accepted without proving that it knows the secret"));
  }

  @Test
  void bytesSmuggledInBeforeTheHandshakeEndTheAttempt() throws Exception {
    play((socket, in) -> {
      in.skipNBytes(8);
      socket.getOutputStream().write(new byte[]{'S', 'R', 0, 0, 0, 8, 0, 0, 0, 0});
      in.transferTo(OutputStream.nullOutputStream());
    });
    assertThat(connecting.logIn(address(REQUIRE), TRUSTED)).isInstanceOf(Unreachable.class)
        .asString()
        .contains("unencrypted bytes");
  }

  @Test
  void aComputeWithoutTlsIsNotSpokenToInPlaintext() throws Exception {
    play((socket, in) -> {
      in.skipNBytes(8);
      socket.getOutputStream().write('N');
      in.transferTo(OutputStream.nullOutputStream());
    });
    assertThat(connecting.logIn(address(REQUIRE), TRUSTED)).isInstanceOf(Unreachable.class);
  }

  @Test
  void aMessageThatIsTooLongForALoginEndsTheAttempt() throws Exception {
    say(out -> out.writeByte('N').writeInt(1 << 30));
    assertThat(connecting.logIn(address(ComputeTls.DISABLED), TRUSTED))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void aComputeThatLeavesDuringTheLoginIsUnreachable() throws Exception {
    play((socket, in) -> readStartup(in));
    assertThat(connecting.logIn(address(ComputeTls.DISABLED), TRUSTED))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void aComputeThatSaysNothingIsGivenUp() throws Exception {
    try (Connecting impatient = new Connecting(Transport.best(),
        new ConnectSettings(Duration.ofSeconds(5),
            Duration.ofMillis(100), Duration.ofSeconds(5), false, Keepalive.DEFAULT))) {
      say(out -> {
      });
      assertThat(impatient.logIn(address(ComputeTls.DISABLED), TRUSTED))
          .isInstanceOf(Unreachable.class);
    }
  }

  @Test
  void cancellingClosesTheConnection() throws Exception {
    CompletableFuture<Void> left = new CompletableFuture<>();
    play((socket, in) -> {
      readStartup(in);
      in.transferTo(OutputStream.nullOutputStream());
      left.complete(null);
    });
    Future<ConnectOutcome> outcome = connecting.begin(address(ComputeTls.DISABLED), TRUSTED,
        Map.of(),
        ProtocolVersion.V3_0);
    startup.get(20, TimeUnit.SECONDS);
    outcome.cancel(false);
    left.get(20, TimeUnit.SECONDS);
  }
}
