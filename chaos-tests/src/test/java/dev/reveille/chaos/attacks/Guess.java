package dev.reveille.chaos.attacks;

import dev.reveille.auth.ScramClient;
import dev.reveille.auth.Secret;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One login as an attacker makes it: without TLS, from an address of its choice, with a clock, and at no cost, since a
 * proof that is made up needs no key derivation. Used by one thread.
 */
final class Guess implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Socket socket;
  private final DataInputStream in;

  Guess(int port, InetAddress from) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  /** How long both answers took, in nanoseconds, and the last of them. */
  record Times(long toChallenge, long toVerdict, BackendMessage verdict) {}

  /** A proof out of thin air. */
  Times madeUp(String user, String database) throws IOException {
    String nonce = base64(18);
    long started = System.nanoTime();
    BackendMessage challenge = challenge(user, database,
        ("n,,n=,r=" + nonce).getBytes(StandardCharsets.US_ASCII));
    long challenged = System.nanoTime();
    if (!(challenge instanceof AuthenticationSaslContinue next)) {
      return new Times(challenged - started, 0, challenge);
    }
    String combined = new String(next.data(), StandardCharsets.US_ASCII).split(",", 2)[0];
    return verdict(challenged - started,
        ("c=biws," + combined + ",p=" + base64(32)).getBytes(StandardCharsets.US_ASCII));
  }

  /** A proof of this secret. */
  Times proving(String user, String database, String secret) throws IOException {
    ScramClient scram = new ScramClient(Secret.ofText(secret), RANDOM);
    long started = System.nanoTime();
    BackendMessage challenge = challenge(user, database, scram.clientFirst());
    long challenged = System.nanoTime();
    return verdict(challenged - started,
        scram.clientFinal(((AuthenticationSaslContinue) challenge).data()));
  }

  private BackendMessage challenge(String user, String database, byte[] clientFirst)
      throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", user);
    parameters.put("database", database);
    send(out -> FrontendMessages.startup(out, ProtocolVersion.V3_0, parameters));
    BackendMessage offer = read();
    if (!(offer instanceof AuthenticationSasl)) {
      return offer;
    }
    send(out -> FrontendMessages.saslInitialResponse(out, "SCRAM-SHA-256", clientFirst));
    return read();
  }

  private Times verdict(long toChallenge, byte[] clientFinal) throws IOException {
    byte[] message = bytes(out -> FrontendMessages.saslResponse(out, clientFinal));
    long given = System.nanoTime();
    socket.getOutputStream().write(message);
    BackendMessage verdict = read();
    return new Times(toChallenge, System.nanoTime() - given, verdict);
  }

  private void send(Consumer<ByteBuf> message) throws IOException {
    socket.getOutputStream().write(bytes(message));
  }

  private static byte[] bytes(Consumer<ByteBuf> message) {
    ByteBuf buffer = Unpooled.buffer();
    message.accept(buffer);
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  private BackendMessage read() throws IOException {
    byte type = in.readByte();
    byte[] body = in.readNBytes(in.readInt() - 4);
    return BackendMessages.decode(type, Unpooled.wrappedBuffer(body));
  }

  private static String base64(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
