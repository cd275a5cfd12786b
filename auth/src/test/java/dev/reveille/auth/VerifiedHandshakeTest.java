package dev.reveille.auth;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What {@code sslmode=verify-full} with {@code root.crt} does: trust the root alone, and check the name. */
class VerifiedHandshakeTest {
  @TempDir
  private Path directory;
  private final ExecutorService server = Executors.newVirtualThreadPerTaskExecutor();
  private CertificateAuthority authority;
  private TlsIdentity identity;

  @BeforeEach
  void make_a_certificate() throws Exception {
    authority = CertificateAuthority.openOrCreate(directory, InstantSource.system(),
        new SecureRandom());
    ServerCertificate made = ServerCertificate.open(authority, List.of("*.db.example.org"));
    identity = TlsIdentity.load(made.certificatePath(), made.keyPath());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void a_client_that_has_the_root_accepts_each_name_of_the_certificate() throws Exception {
    for (String name : List.of("localhost", "127.0.0.1", "::1", "shop.db.example.org")) {
      X509Certificate seen = handshake(name, authority.rootCertificate());

      assertThat(seen).as(name).isEqualTo(identity.certificate());
      assertThat(TlsServerEndPoint.of(seen)).hasValueSatisfying(
          hash -> assertThat(identity.tlsServerEndPoint())
              .hasValueSatisfying(own -> assertThat(own).isEqualTo(hash)));
    }
  }

  @Test
  void a_client_refuses_another_name_and_another_root() throws Exception {
    X509Certificate otherRoot = CertificateAuthority
        .openOrCreate(directory.resolve("other"), InstantSource.system(), new SecureRandom())
        .rootCertificate();

    assertThatThrownBy(() -> handshake("example.org", authority.rootCertificate()))
        .isInstanceOf(SSLHandshakeException.class);
    assertThatThrownBy(() -> handshake("localhost", otherRoot))
        .isInstanceOf(SSLHandshakeException.class);
  }

  private X509Certificate handshake(String name, X509Certificate root) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("server", identity.key(), new char[0],
        identity.chain().toArray(Certificate[]::new));
    KeyManagerFactory serving = KeyManagerFactory.getInstance("PKIX");
    serving.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(serving.getKeyManagers(), null, null);

    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
        .createServerSocket(0, 1,
            loopback)) {
      Future<Object> served = server.submit(answerOne(listener));
      try (SSLSocket client = (SSLSocket) trusting(root).getSocketFactory()
          .createSocket(new Socket(loopback, listener.getLocalPort()), name,
              listener.getLocalPort(), true)) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(parameters);
        client.startHandshake();
        return (X509Certificate) client.getSession().getPeerCertificates()[0];
      } finally {
        served.get();
      }
    }
  }

  private static Callable<Object> answerOne(SSLServerSocket listener) {
    return () -> {
      try (SSLSocket socket = (SSLSocket) listener.accept()) {
        socket.startHandshake();
        return socket.getInputStream().read();
      } catch (IOException e) {
        return e;
      }
    };
  }

  private static SSLContext trusting(X509Certificate root) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", root);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
