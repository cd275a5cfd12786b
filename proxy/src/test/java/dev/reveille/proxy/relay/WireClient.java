package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client that says exactly what a test wants said, over a blocking socket. */
public final class WireClient implements AutoCloseable {
  @SuppressWarnings("ArrayRecordComponent")
  public record Message(byte type, byte[] body) {
    public BackendMessage decoded() {
      return BackendMessages.decode(type, Unpooled.wrappedBuffer(body));
    }

    @Override
    public String toString() {
      return String.valueOf((char) type);
    }
  }

  private static final int PATIENCE_MILLIS = 30_000;

  public final Socket socket = new Socket();
  final DataInputStream in;
  BackendMessage.@Nullable BackendKeyData key;

  private WireClient(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
  }

  public static WireClient logIn(int port) throws IOException {
    return logIn(port, 0, ProtocolVersion.V3_0);
  }

  static WireClient logIn(int port, int receiveBuffer, ProtocolVersion version) throws IOException {
    WireClient client = new WireClient(port, receiveBuffer);
    ByteBuf out = Unpooled.buffer();
    FrontendMessages.startup(out, version, Map.of("user", "postgres", "database", "postgres"));
    client.send(ByteBufUtil.getBytes(out));
    for (Message message = client
        .read(); message.type != FrameTypes.READY_FOR_QUERY; message = client.read()) {
      if (message.decoded() instanceof BackendMessage.BackendKeyData given) {
        client.key = given;
      }
    }
    return client;
  }

  static void cancel(int port, BackendMessage.BackendKeyData key) throws IOException {
    try (WireClient canceller = new WireClient(port, 0)) {
      ByteBuf out = Unpooled.buffer();
      FrontendMessages.cancelRequest(out, key.processId(), key.secret());
      canceller.send(ByteBufUtil.getBytes(out));
      canceller.readToEnd();
    }
  }

  public void send(byte[]... messages) throws IOException {
    ByteBuf all = Unpooled.wrappedBuffer(messages);
    socket.getOutputStream().write(ByteBufUtil.getBytes(all));
  }

  public Message read() throws IOException {
    byte type = in.readByte();
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return new Message(type, body);
  }

  /** Everything up to and including the next ReadyForQuery. */
  public List<Message> readToReady() throws IOException {
    List<Message> messages = new ArrayList<>();
    do {
      messages.add(read());
    } while (messages.getLast().type != FrameTypes.READY_FOR_QUERY);
    return messages;
  }

  /** Whole messages up to the end of the stream; fails if that comes inside of one. */
  List<Message> readToEnd() throws IOException {
    List<Message> messages = new ArrayList<>();
    while (true) {
      in.mark(1);
      if (in.read() < 0) {
        return messages;
      }
      in.reset();
      messages.add(read());
    }
  }

  /** Bytes up to the end of the stream, which may come anywhere. */
  long countToEnd() throws IOException {
    long count = 0;
    byte[] some = new byte[64 * 1024];
    for (int n = in.read(some); n >= 0; n = in.read(some)) {
      count += n;
    }
    return count;
  }

  /** A message that is there already, or comes within {@code millis}, or null. */
  public @Nullable Message poll(int millis) throws IOException {
    if (in.available() == 0) {
      socket.setSoTimeout(millis);
      in.mark(1);
      try {
        in.readByte();
        in.reset();
      } catch (SocketTimeoutException quiet) {
        return null;
      } finally {
        socket.setSoTimeout(PATIENCE_MILLIS);
      }
    }
    return read();
  }

  boolean atEnd() throws IOException {
    try {
      in.readByte();
      return false;
    } catch (EOFException end) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
