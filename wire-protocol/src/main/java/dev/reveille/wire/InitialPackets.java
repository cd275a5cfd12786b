package dev.reveille.wire;

import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.InitialPacket.GssEncRequest;
import dev.reveille.wire.InitialPacket.SslRequest;
import dev.reveille.wire.InitialPacket.StartupMessage;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the packets that come before typed messages: Int32 length (itself included), Int32 code,
 * payload (PostgreSQL documentation, Frontend/Backend Protocol, Message Formats). Stricter than
 * Postgres where leniency would let two readers see two different packets. Stateless.
 */
public final class InitialPackets {

  /** Message Formats, CancelRequest. */
  static final int CANCEL_REQUEST_CODE = (1234 << 16) | 5678;

  /** Message Formats, SSLRequest. */
  static final int SSL_REQUEST_CODE = (1234 << 16) | 5679;

  /** Message Formats, GSSENCRequest. */
  static final int GSSENC_REQUEST_CODE = (1234 << 16) | 5680;

  /** The length word, the code and the process id. */
  private static final int CANCEL_PREFIX = 12;

  /** ContentType handshake: the first byte of a TLS ClientHello (RFC 8446, section 5.1). */
  private static final byte TLS_HANDSHAKE = 0x16;

  private InitialPackets() {
  }

  /** Whether the client began with TLS itself, without SSLRequest (Message Flow, SSL). */
  public static boolean looksLikeTls(ByteBuf in) {
    return in.isReadable() && in.getByte(in.readerIndex()) == TLS_HANDSHAKE;
  }

  /**
   * Borrows {@code in} and consumes exactly one packet of it, so that what follows is left for TLS
   * or the next decoder. Returns null, with nothing consumed, while bytes are missing.
   *
   * @throws MalformedMessageException as early as the bytes at hand allow; nothing is consumed
   */
  public static @Nullable InitialPacket decode(ByteBuf in) {
    if (in.readableBytes() < 4) {
      return null;
    }
    int length = in.getInt(in.readerIndex());
    if (length < Limits.MIN_INITIAL_PACKET || length > Limits.MAX_INITIAL_PACKET) {
      throw MalformedMessageException.violation("invalid length of startup packet");
    }
    if (in.readableBytes() < 8) {
      return null;
    }
    int code = in.getInt(in.readerIndex() + 4);
    checkHeader(code, length);
    if (in.readableBytes() < length) {
      return null;
    }
    InitialPacket packet = packet(code, in.slice(in.readerIndex() + 8, length - 8));
    in.skipBytes(length);
    return packet;
  }

  private static void checkHeader(int code, int length) {
    switch (code) {
      case SSL_REQUEST_CODE, GSSENC_REQUEST_CODE -> {
        if (length != Limits.MIN_INITIAL_PACKET) {
          throw MalformedMessageException.violation("invalid length of encryption request");
        }
      }
      case CANCEL_REQUEST_CODE -> {
        if (length < CANCEL_PREFIX + Limits.MIN_CANCEL_SECRET
            || length > CANCEL_PREFIX + Limits.MAX_CANCEL_SECRET) {
          throw MalformedMessageException.violation("invalid length of query cancel packet");
        }
      }
      default -> {
        if (code >>> 16 != ProtocolVersion.LATEST.major()) {
          throw new MalformedMessageException(SqlStates.FEATURE_NOT_SUPPORTED,
              "unsupported frontend protocol " + ProtocolVersion.ofCode(code)
                  + ": server supports 3.0 to " + ProtocolVersion.LATEST);
        }
      }
    }
  }

  private static InitialPacket packet(int code, ByteBuf payload) {
    return switch (code) {
      case SSL_REQUEST_CODE -> new SslRequest();
      case GSSENC_REQUEST_CODE -> new GssEncRequest();
      case CANCEL_REQUEST_CODE ->
        new CancelRequest(payload.readInt(),
            CancelSecret.consume(payload, payload.readableBytes()));
      default -> new StartupMessage(ProtocolVersion.ofCode(code), parameters(payload));
    };
  }

  /** Pairs of NUL-terminated strings, then one NUL which must be the last byte. */
  private static Map<String, String> parameters(ByteBuf payload) {
    Map<String, String> parameters = new LinkedHashMap<>();
    Set<String> folded = new HashSet<>();
    while (true) {
      if (!payload.isReadable()) {
        throw invalidLayout();
      }
      String name = CStrings.consumeStrict(payload);
      if (name.isEmpty()) {
        break;
      }
      if (!payload.isReadable()) {
        throw invalidLayout();
      }
      String value = CStrings.consumeStrict(payload);
      // Postgres takes the last of equal names, and compares names of settings without case.
      if (!folded.add(CStrings.foldAscii(name))) {
        throw MalformedMessageException.violation("duplicate parameter in startup packet");
      }
      parameters.put(name, value);
    }
    if (payload.isReadable()) {
      throw invalidLayout();
    }
    checkName("user", parameters);
    checkName("database", parameters);
    if (parameters.getOrDefault("user", "").isEmpty()) {
      throw new MalformedMessageException(SqlStates.INVALID_AUTHORIZATION,
          "no PostgreSQL user name specified in startup packet");
    }
    return parameters;
  }

  private static void checkName(String key, Map<String, String> parameters) {
    if (CStrings.utf8Length(parameters.getOrDefault(key, "")) > Limits.MAX_NAME_BYTES) {
      throw MalformedMessageException
          .violation(key + " name is longer than " + Limits.MAX_NAME_BYTES + " bytes");
    }
  }

  private static MalformedMessageException invalidLayout() {
    return MalformedMessageException
        .violation("invalid startup packet layout: expected terminator as last byte");
  }
}
