package dev.reveille.chaos.product;

import dev.reveille.auth.ScramClient;
import dev.reveille.auth.Secret;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import dev.reveille.wire.BackendMessage.NegotiateProtocolVersion;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import dev.reveille.wire.Severity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that sends exactly what a test says and keeps every byte that it is sent. Blocking, with a
 * limit on each read; used by one thread, but for {@link #close}.
 */
public final class WireClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 40_000;
  private static final Pattern VARYING = Pattern.compile("r=([^,]*),s=([^,]*),i=");

  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private Socket socket;
  private DataInputStream in;
  private Optional<NegotiateProtocolVersion> negotiated = Optional.empty();

  private WireClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  public static WireClient to(int port) throws IOException {
    return new WireClient(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Connected and under TLS, which it verifies. */
  public static WireClient secured(RunningReveille reveille) throws IOException {
    return to(reveille.port()).tls(root(reveille));
  }

  /** Logged in, with everything up to the first ReadyForQuery read. */
  public static WireClient loggedIn(RunningReveille reveille, ConnectionString url)
      throws IOException {
    WireClient client = secured(reveille).startup(url).prove(url.secret());
    client.readTo(ReadyForQuery.class);
    return client;
  }

  public static Path root(RunningReveille reveille) {
    return reveille.home().resolve("tls/root.crt");
  }

  public void send(byte... bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  public void send(Consumer<ByteBuf> message) throws IOException {
    send(bytes(message));
  }

  public static byte[] bytes(Consumer<ByteBuf> message) {
    ByteBuf buffer = Unpooled.buffer();
    message.accept(buffer);
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  /** One byte, as it answers an SSLRequest. */
  public char answer() throws IOException {
    byte one = in.readByte();
    seen.write(one);
    return (char) one;
  }

  /** So many bytes, whatever they are. */
  public byte[] some(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    seen.writeBytes(bytes);
    return bytes;
  }

  /** SSLRequest, its answer, the handshake. */
  public WireClient tls(Path root) throws IOException {
    send(FrontendMessages::sslRequest);
    assertThat(answer()).as("answer to SSLRequest").isEqualTo('S');
    return handshake(root);
  }

  /** The handshake alone; the server's name and chain are verified. */
  public WireClient handshake(Path root, String... applicationProtocols) throws IOException {
    SSLSocket secured = (SSLSocket) trusting(root).getSocketFactory()
        .createSocket(socket, "localhost", socket.getPort(), true);
    var parameters = secured.getSSLParameters();
    parameters.setApplicationProtocols(applicationProtocols);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    socket = secured;
    in = new DataInputStream(secured.getInputStream());
    return this;
  }

  private static SSLContext trusting(Path root) throws IOException {
    try (var file = Files.newInputStream(root)) {
      KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
      keys.load(null, null);
      keys.setCertificateEntry("root",
          CertificateFactory.getInstance("X.509").generateCertificate(file));
      TrustManagerFactory trust = TrustManagerFactory
          .getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(keys);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** What the other side showed in the handshake. */
  public X509Certificate certificate() throws SSLPeerUnverifiedException {
    return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
  }

  public WireClient startup(ConnectionString url) throws IOException {
    return startup(url.user(), url.database());
  }

  public WireClient startup(String user, String database) throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", user);
    parameters.put("database", database);
    return startup(ProtocolVersion.V3_0, parameters);
  }

  public WireClient startup(ProtocolVersion version, Map<String, String> parameters)
      throws IOException {
    send(out -> FrontendMessages.startup(out, version, parameters));
    return this;
  }

  /** The SCRAM exchange, up to and with the client's last message. */
  public WireClient prove(String secret) throws IOException {
    BackendMessage first = read();
    if (first instanceof NegotiateProtocolVersion down) {
      negotiated = Optional.of(down);
      first = read();
    }
    if (first instanceof ErrorResponse error) {
      throw new IOException("instead of a proof: " + error.fields());
    }
    exchange((AuthenticationSasl) first, secret);
    return this;
  }

  private void exchange(AuthenticationSasl offer, String secret) throws IOException {
    assertThat(offer.mechanisms()).contains("SCRAM-SHA-256");
    ScramClient scram = new ScramClient(Secret.ofText(secret), new SecureRandom());
    send(out -> FrontendMessages.saslInitialResponse(out, scram.mechanism(), scram.clientFirst()));
    byte[] last = scram.clientFinal(((AuthenticationSaslContinue) read()).data());
    send(out -> FrontendMessages.saslResponse(out, last));
  }

  /**
   * The exchange with the strongest mechanism that is offered, up to and with the last message.
   *
   * @param endPoint hash of the certificate that the client says it saw; empty as without TLS
   */
  public WireClient prove(String secret, Optional<byte[]> endPoint) throws IOException {
    ScramClient scram = ScramClient.choose(((AuthenticationSasl) read()).mechanisms(),
        Secret.ofText(secret), endPoint, new SecureRandom());
    send(out -> FrontendMessages.saslInitialResponse(out, scram.mechanism(), scram.clientFirst()));
    byte[] last = scram.clientFinal(((AuthenticationSaslContinue) read()).data());
    send(out -> FrontendMessages.saslResponse(out, last));
    return this;
  }

  /** Asks for a challenge; gives its salt and its number of iterations as they came. */
  public String challenge() throws IOException {
    read();
    ScramClient scram = new ScramClient(Secret.ofText("any"), new SecureRandom());
    send(out -> FrontendMessages.saslInitialResponse(out, scram.mechanism(), scram.clientFirst()));
    String text = new String(((AuthenticationSaslContinue) read()).data(),
        StandardCharsets.US_ASCII);
    return text.substring(text.indexOf(",s=") + 1);
  }

  /** What came in answer to the startup, if it was not simply taken as it was. */
  public Optional<NegotiateProtocolVersion> negotiated() {
    return negotiated;
  }

  public BackendMessage read() throws IOException {
    byte type = in.readByte();
    int length = in.readInt();
    byte[] body = in.readNBytes(length - 4);
    seen.writeBytes(bytes(out -> out.writeByte(type).writeInt(length).writeBytes(body)));
    return BackendMessages.decode(type, Unpooled.wrappedBuffer(body));
  }

  /** Every message up to one of this type, which is the last; an error that is not it ends too. */
  public List<BackendMessage> readTo(Class<? extends BackendMessage> type) throws IOException {
    List<BackendMessage> all = new ArrayList<>();
    do {
      all.add(read());
      if (all.getLast() instanceof ErrorResponse error && type != ErrorResponse.class
          && error.fields().severity() != Severity.ERROR) {
        throw new IOException("instead of " + type.getSimpleName() + ": " + error.fields());
      }
      if (all.getLast() instanceof ReadyForQuery && type == ErrorResponse.class) {
        throw new IOException("let in instead of refused");
      }
    } while (!type.isInstance(all.getLast()));
    return all;
  }

  /** Takes the answer up to an ErrorResponse, after which nothing more may come. */
  public ErrorFields refusal() throws IOException {
    ErrorFields fields = ((ErrorResponse) readTo(ErrorResponse.class).getLast()).fields();
    assertThat(rest()).as("bytes after a FATAL").isEmpty();
    return fields;
  }

  /** What a secret is refused with, be it before or after the exchange. */
  public ErrorFields refusalOf(String secret) throws IOException {
    BackendMessage first = read();
    if (first instanceof ErrorResponse error) {
      return error.fields();
    }
    exchange((AuthenticationSasl) first, secret);
    return refusal();
  }

  public void ask(String sql) throws IOException {
    send(out -> FrontendMessages.query(out, sql));
  }

  /** Asks, and reads the answer up to ReadyForQuery. */
  public List<BackendMessage> query(String sql) throws IOException {
    ask(sql);
    return readTo(ReadyForQuery.class);
  }

  /** Of an answer to a query: what was in the first column of its rows. */
  public static List<String> values(List<BackendMessage> answer) {
    return answer.stream()
        .filter(BackendMessage.DataRow.class::isInstance)
        .map(row -> String.valueOf(((BackendMessage.DataRow) row).values().getFirst()))
        .toList();
  }

  /** Of an answer: the SQLSTATEs of its errors. */
  public static List<String> errors(List<BackendMessage> answer) {
    return answer.stream()
        .filter(ErrorResponse.class::isInstance)
        .map(error -> ((ErrorResponse) error).fields().sqlState())
        .toList();
  }

  /** Of a login: the key to cancel with. */
  public static BackendKeyData key(List<BackendMessage> login) {
    return login.stream()
        .filter(BackendKeyData.class::isInstance)
        .map(BackendKeyData.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** Everything up to the end of the stream; a reset is an end as well. */
  public byte[] rest() throws IOException {
    try {
      byte[] rest = in.readAllBytes();
      seen.writeBytes(rest);
      return rest;
    } catch (SocketException e) {
      return new byte[0];
    }
  }

  /**
   * Every byte that came so far, with the nonce and the salt of the exchange as so many stars: what
   * may differ between two logins is gone, and how long it was is not.
   */
  public String transcript() {
    String text = seen.toString(StandardCharsets.ISO_8859_1);
    StringBuilder masked = new StringBuilder(text);
    Matcher matcher = VARYING.matcher(text);
    while (matcher.find()) {
      for (int group = 1; group <= 2; group++) {
        for (int at = matcher.start(group); at < matcher.end(group); at++) {
          masked.setCharAt(at, '*');
        }
      }
    }
    return masked.toString();
  }

  /** Goes away before the end of the test's own scope, without a word. */
  public void leave() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
