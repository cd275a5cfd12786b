package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * Messages that a client sends (PostgreSQL documentation, Frontend/Backend Protocol, Message
 * Formats). Every encoder appends one whole packet or frame to {@code out}, which it borrows.
 * Stateless.
 */
public final class FrontendMessages {

  private FrontendMessages() {
  }

  /** StartupMessage; what is longer than Postgres reads is a bug of the caller. */
  public static void startup(ByteBuf out, ProtocolVersion version,
      Map<String, String> parameters) {
    int start = out.writerIndex();
    out.writeInt(0).writeInt(version.code());
    parameters.forEach((name, value) -> {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a startup parameter without a name");
      }
      CStrings.append(out, name);
      CStrings.append(out, value);
    });
    out.writeByte(0);
    int length = out.writerIndex() - start;
    if (length > Limits.MAX_INITIAL_PACKET) {
      out.writerIndex(start);
      throw new IllegalArgumentException("startup packet of " + length + " bytes");
    }
    out.setInt(start, length);
  }

  public static void sslRequest(ByteBuf out) {
    out.writeInt(Limits.MIN_INITIAL_PACKET).writeInt(InitialPackets.SSL_REQUEST_CODE);
  }

  public static void gssEncRequest(ByteBuf out) {
    out.writeInt(Limits.MIN_INITIAL_PACKET).writeInt(InitialPackets.GSSENC_REQUEST_CODE);
  }

  public static void cancelRequest(ByteBuf out, int processId, CancelSecret secret) {
    out.writeInt(12 + secret.length()).writeInt(InitialPackets.CANCEL_REQUEST_CODE);
    out.writeInt(processId);
    secret.appendTo(out);
  }

  public static void saslInitialResponse(ByteBuf out, String mechanism, byte[] data) {
    int start = Frames.begin(out, FrameTypes.PASSWORD);
    CStrings.append(out, mechanism);
    out.writeInt(data.length).writeBytes(data);
    Frames.end(out, start);
  }

  public static void saslResponse(ByteBuf out, byte[] data) {
    int start = Frames.begin(out, FrameTypes.PASSWORD);
    out.writeBytes(data);
    Frames.end(out, start);
  }

  /** PasswordMessage: a cleartext password or an MD5 response. */
  public static void password(ByteBuf out, String password) {
    text(out, FrameTypes.PASSWORD, password);
  }

  public static void query(ByteBuf out, String sql) {
    text(out, FrameTypes.QUERY, sql);
  }

  public static void sync(ByteBuf out) {
    Frames.end(out, Frames.begin(out, FrameTypes.SYNC));
  }

  public static void terminate(ByteBuf out) {
    Frames.end(out, Frames.begin(out, FrameTypes.TERMINATE));
  }

  private static void text(ByteBuf out, byte type, String text) {
    int start = Frames.begin(out, type);
    CStrings.append(out, text);
    Frames.end(out, start);
  }
}
