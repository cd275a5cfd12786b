package dev.reveille.proxy.listen;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.ServerCertificate;
import dev.reveille.auth.TlsIdentity;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is served, by either engine. */
class NettyTlsTest {
  private static final List<String> MODERN = List.of("TLSv1.3", "TLSv1.2");

  @TempDir
  private Path directory;

  private TlsIdentity identity() throws Exception {
    var certificate = ServerCertificate.open(CertificateAuthority.openOrCreate(directory,
        InstantSource.system(), new SecureRandom()), List.of());
    return TlsIdentity.load(certificate.certificatePath(), certificate.keyPath());
  }

  private static SslHandler client(String protocol) throws Exception {
    var context = SslContextBuilder.forClient()
        .sslProvider(SslProvider.OPENSSL)
        .protocols(protocol)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .build();
    return context.newHandler(UnpooledByteBufAllocator.DEFAULT, "localhost", 1);
  }

  /** Carries bytes to and fro until neither side has any. */
  private static boolean shakeHands(NettyTls tls, String protocol) throws Exception {
    var server = new EmbeddedChannel(tls.newHandler(UnpooledByteBufAllocator.DEFAULT));
    var handler = client(protocol);
    var client = new EmbeddedChannel(handler);
    for (var quiet = 0; quiet < 3; quiet++) {
      for (Object part = client.readOutbound(); part != null; part = client.readOutbound()) {
        deliver(server, part);
        quiet = 0;
      }
      for (Object part = server.readOutbound(); part != null; part = server.readOutbound()) {
        deliver(client, part);
        quiet = 0;
      }
      server.runPendingTasks();
      client.runPendingTasks();
    }
    var done = handler.handshakeFuture().isSuccess();
    discard(client);
    discard(server);
    return done;
  }

  private static void deliver(EmbeddedChannel to, Object part) {
    try {
      to.writeInbound(part);
    } catch (Exception refused) {
      // A refused handshake is thrown at whoever delivers its bytes; the outcome is what counts.
      assertThat(refused).isNotNull();
    }
  }

  private static void discard(EmbeddedChannel channel) {
    try {
      channel.finishAndReleaseAll();
    } catch (Exception refused) {
      assertThat(refused).isNotNull();
    }
  }

  @Test
  void boringssl_is_there_on_the_machines_that_are_built_for() {
    assertThat(OpenSsl.isAvailable()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(value = SslProvider.class, names = {"JDK", "OPENSSL"})
  void tls_12_and_13_are_served_and_nothing_older(SslProvider provider) throws Exception {
    var tls = NettyTls.of(identity(), MODERN, Optional.empty(), provider);

    assertThat(shakeHands(tls, "TLSv1.3")).isTrue();
    assertThat(shakeHands(tls, "TLSv1.2")).isTrue();
    assertThat(shakeHands(tls, "TLSv1.1")).isFalse();
    assertThat(tls.tlsServerEndPoint()).isPresent();
  }
}
