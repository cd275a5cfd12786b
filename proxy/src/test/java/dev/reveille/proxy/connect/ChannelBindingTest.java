package dev.reveille.proxy.connect;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.ScramExchange;
import dev.reveille.auth.ScramStep;
import dev.reveille.auth.ScramVerifier;
import dev.reveille.auth.Secret;
import dev.reveille.auth.ServerCertificate;
import dev.reveille.auth.TlsIdentity;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeTls;
import dev.reveille.compute.Login;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.ProofMessage;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Postgres cannot be told to insist on channel binding; a compute of our own can. */
class ChannelBindingTest {
  @TempDir
  private Path directory;

  @Test
  void theLoginIsBoundToTheComputesCertificate() throws Exception {
    CertificateAuthority authority = CertificateAuthority.openOrCreate(directory,
        InstantSource.system(),
        new SecureRandom());
    ServerCertificate certificate = ServerCertificate.open(authority, List.of());
    TlsIdentity identity = TlsIdentity.load(certificate.certificatePath(), certificate.keyPath());
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Connecting connecting = new Connecting()) {
      CompletableFuture<ScramStep> verdict = serve(listener, identity);
      ConnectOutcome outcome = connecting.logIn(
          new ComputeAddress.Tcp("localhost", listener.getLocalPort(),
              new ComputeTls(ComputeTls.Mode.VERIFY_FULL,
                  Optional.of(authority.rootCertificatePath()))),
          new Login("agent", "shop", Optional.of("sesame"), Optional.empty()));
      assertThat(verdict.get()).isInstanceOf(ScramStep.Proven.class);
      assertThat(outcome).isInstanceOf(ConnectOutcome.Ready.class);
    }
  }

  private static CompletableFuture<ScramStep> serve(ServerSocket listener, TlsIdentity identity) {
    ScramVerifier verifier = ScramVerifier.of(Secret.ofText("sesame"), new byte[16], 4096);
    ScramExchange exchange = new ScramExchange(verifier.salt(), identity.tlsServerEndPoint(),
        new Random(3));
    CompletableFuture<ScramStep> verdict = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> {
      try (Socket plain = listener.accept()) {
        plain.getInputStream().readNBytes(8);
        plain.getOutputStream().write('S');
        SSLSocket socket = (SSLSocket) context(identity).getSocketFactory()
            .createSocket(plain, null, true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        in.skipNBytes(in.readInt() - 4L);
        say(out, words -> BackendMessages.authenticationSasl(words, exchange.mechanisms()));
        ProofMessage.SaslInitialResponse first = ProofMessage.consumeInitialResponse(body(in));
        ScramStep.Continue next = (ScramStep.Continue) exchange.first(first.mechanism(),
            first.data());
        say(out, words -> BackendMessages.authenticationSaslContinue(words, next.serverFirst()));
        assertThat(exchange.last(ByteBufUtil.getBytes(body(in))))
            .isInstanceOf(ScramStep.Claimed.class);
        ScramStep last = exchange.judge(List.of(verifier), true);
        verdict.complete(last);
        say(out, words -> {
          BackendMessages.authenticationSaslFinal(words, ((ScramStep.Proven) last).serverFinal());
          BackendMessages.authenticationOk(words);
          BackendMessages.backendKeyData(words, 1, CancelSecret.of(new byte[4]));
          BackendMessages.readyForQuery(words, TransactionStatus.IDLE);
        });
        in.read();
      } catch (Exception e) {
        verdict.completeExceptionally(e);
      }
    });
    return verdict;
  }

  private static void say(OutputStream out, Consumer<ByteBuf> words) throws IOException {
    ByteBuf buf = Unpooled.buffer();
    words.accept(buf);
    out.write(ByteBufUtil.getBytes(buf));
  }

  private static ByteBuf body(DataInputStream in) throws IOException {
    in.readByte();
    return Unpooled.wrappedBuffer(in.readNBytes(in.readInt() - 4));
  }

  private static SSLContext context(TlsIdentity identity) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("server", identity.key(), new char[0],
        identity.chain().toArray(new Certificate[0]));
    KeyManagerFactory managers = KeyManagerFactory
        .getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
