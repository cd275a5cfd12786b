package dev.reveille.proxy.session;

import dev.reveille.auth.ScramClient;
import dev.reveille.auth.Secret;
import dev.reveille.auth.TlsIdentity;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client that sends exactly what a test says; blocking, with a limit on each read. */
final class RawClient implements AutoCloseable {
  private KeyManager[] shown = new KeyManager[0];
  private Socket socket;
  private DataInputStream in;

  RawClient(int port) throws IOException {
    this(port, InetAddress.getLoopbackAddress());
  }

  RawClient(int port, InetAddress from) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  void send(Consumer<ByteBuf> message) throws IOException {
    send(bytes(message));
  }

  static byte[] bytes(Consumer<ByteBuf> message) {
    var buffer = Unpooled.buffer();
    message.accept(buffer);
    var bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  /** Whether something has arrived that was not read. */
  boolean hasAnswer() throws IOException {
    return in.available() > 0;
  }

  char readByte() throws IOException {
    return (char) in.readByte();
  }

  /** SSLRequest, then the handshake. */
  RawClient tls() throws IOException, GeneralSecurityException {
    send(FrontendMessages::sslRequest);
    var answer = readByte();
    if (answer != 'S') {
      throw new IOException("SSLRequest was answered " + answer);
    }
    return handshake();
  }

  /** Shows a certificate in a handshake that is still to come. */
  RawClient showing(TlsIdentity identity) throws IOException, GeneralSecurityException {
    var keys = KeyStore.getInstance(KeyStore.getDefaultType());
    keys.load(null, null);
    keys.setKeyEntry("client", identity.key(), new char[0],
        identity.chain().toArray(X509Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    shown = factory.getKeyManagers();
    return this;
  }

  /** The handshake alone. */
  RawClient handshake(String... protocols) throws IOException, GeneralSecurityException {
    var keys = KeyStore.getInstance(KeyStore.getDefaultType());
    keys.load(null, null);
    try (var root = Files.newInputStream(TestProxy.rootCertificate())) {
      keys.setCertificateEntry("root",
          CertificateFactory.getInstance("X.509").generateCertificate(root));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    var context = SSLContext.getInstance("TLS");
    context.init(shown, trust.getTrustManagers(), new SecureRandom());
    var secured = (SSLSocket) context.getSocketFactory()
        .createSocket(socket, "localhost", socket.getPort(), true);
    var parameters = secured.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    socket = secured;
    in = new DataInputStream(secured.getInputStream());
    return this;
  }

  RawClient startup(String user, String database) throws IOException {
    return startup(ProtocolVersion.V3_0, Map.of("user", user, "database", database));
  }

  RawClient startup(ProtocolVersion version, Map<String, String> parameters)
      throws IOException {
    send(out -> FrontendMessages.startup(out, version, new LinkedHashMap<>(parameters)));
    return this;
  }

  BackendMessage read() throws IOException {
    var type = in.readByte();
    var body = new byte[in.readInt() - 4];
    in.readFully(body);
    return BackendMessages.decode(type, Unpooled.wrappedBuffer(body));
  }

  /** Takes the exchange up to the answer to the client's last message. */
  RawClient prove(Secret secret) throws IOException {
    var sasl = (BackendMessage.AuthenticationSasl) read();
    if (!sasl.mechanisms().contains("SCRAM-SHA-256")) {
      throw new IOException("offered " + sasl.mechanisms());
    }
    var scram = new ScramClient(secret, new SecureRandom());
    send(out -> FrontendMessages.saslInitialResponse(out, scram.mechanism(), scram.clientFirst()));
    var challenge = (BackendMessage.AuthenticationSaslContinue) read();
    var last = scram.clientFinal(challenge.data());
    send(out -> FrontendMessages.saslResponse(out, last));
    return this;
  }

  /** Every message up to one of this type, which is the last. */
  List<BackendMessage> readTo(Class<? extends BackendMessage> type) throws IOException {
    var all = new ArrayList<BackendMessage>();
    do {
      all.add(read());
    } while (!type.isInstance(all.getLast()));
    return all;
  }

  /** Everything up to the end of the stream. */
  byte[] readToEnd() throws IOException {
    return in.readAllBytes();
  }

  boolean ended() throws IOException {
    try {
      return in.read() < 0;
    } catch (EOFException e) {
      return true;
    }
  }

  /** Closes the connection before the end of the test's own scope. */
  void leave() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
