package dev.reveille.wire;

import dev.reveille.wire.BackendMessage.AuthenticationCleartext;
import dev.reveille.wire.BackendMessage.AuthenticationMd5;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import dev.reveille.wire.BackendMessage.AuthenticationUnsupported;
import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.BackendMessage.CommandComplete;
import dev.reveille.wire.BackendMessage.DataRow;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import dev.reveille.wire.BackendMessage.NegotiateProtocolVersion;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.BackendMessage.Other;
import dev.reveille.wire.BackendMessage.ParameterStatus;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.BackendMessage.RowDescription;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of {@link BackendMessage}s. Counts and lengths inside a body are checked against
 * the bytes that are really there before they are used, and a body must be used up exactly.
 */
final class BackendMessageDecoder {

  /** Int32 table, Int16 attribute, Int32 type, Int16 size, Int32 modifier, Int16 format. */
  private static final int COLUMN_SUFFIX = 18;

  private BackendMessageDecoder() {
  }

  static BackendMessage decode(byte type, ByteBuf body) {
    BackendMessage message = switch (type) {
      case FrameTypes.AUTHENTICATION -> authentication(body);
      case FrameTypes.ERROR_RESPONSE -> new ErrorResponse(ErrorFields.decode(body));
      case FrameTypes.NOTICE_RESPONSE -> new NoticeResponse(ErrorFields.decode(body));
      case FrameTypes.PARAMETER_STATUS ->
        new ParameterStatus(CStrings.consumeLenient(body), CStrings.consumeLenient(body));
      case FrameTypes.BACKEND_KEY_DATA -> backendKeyData(body);
      case FrameTypes.READY_FOR_QUERY -> {
        require(body, 1);
        yield new ReadyForQuery(TransactionStatus.of(body.readByte()));
      }
      case FrameTypes.NEGOTIATE_PROTOCOL_VERSION -> negotiate(body);
      case FrameTypes.ROW_DESCRIPTION -> rowDescription(body);
      case FrameTypes.DATA_ROW -> dataRow(body);
      case FrameTypes.COMMAND_COMPLETE -> new CommandComplete(CStrings.consumeLenient(body));
      default -> {
        body.skipBytes(body.readableBytes());
        yield new Other(type);
      }
    };
    if (body.isReadable()) {
      throw MalformedMessageException.violation("unexpected bytes at the end of a message");
    }
    return message;
  }

  private static BackendMessage authentication(ByteBuf body) {
    require(body, 4);
    int method = body.readInt();
    return switch (method) {
      case BackendMessages.METHOD_OK -> new AuthenticationOk();
      case BackendMessages.METHOD_CLEARTEXT -> new AuthenticationCleartext();
      case BackendMessages.METHOD_MD5 -> {
        require(body, 4);
        yield new AuthenticationMd5(bytes(body, 4));
      }
      case BackendMessages.METHOD_SASL -> new AuthenticationSasl(mechanisms(body));
      case BackendMessages.METHOD_SASL_CONTINUE ->
        new AuthenticationSaslContinue(bytes(body, body.readableBytes()));
      case BackendMessages.METHOD_SASL_FINAL ->
        new AuthenticationSaslFinal(bytes(body, body.readableBytes()));
      default -> {
        body.skipBytes(body.readableBytes());
        yield new AuthenticationUnsupported(method);
      }
    };
  }

  private static List<String> mechanisms(ByteBuf body) {
    List<String> mechanisms = new ArrayList<>();
    while (true) {
      String mechanism = CStrings.consumeStrict(body);
      if (mechanism.isEmpty()) {
        return mechanisms;
      }
      mechanisms.add(mechanism);
    }
  }

  private static BackendKeyData backendKeyData(ByteBuf body) {
    require(body, 4 + Limits.MIN_CANCEL_SECRET);
    if (body.readableBytes() > 4 + Limits.MAX_CANCEL_SECRET) {
      throw MalformedMessageException.violation("invalid length of cancel secret");
    }
    return new BackendKeyData(body.readInt(), CancelSecret.consume(body, body.readableBytes()));
  }

  private static NegotiateProtocolVersion negotiate(ByteBuf body) {
    require(body, 8);
    int minor = body.readInt() & 0xffff;
    int count = body.readInt();
    checkCount(count, body, 1);
    List<String> unsupported = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      unsupported.add(CStrings.consumeStrict(body));
    }
    return new NegotiateProtocolVersion(minor, unsupported);
  }

  private static RowDescription rowDescription(ByteBuf body) {
    require(body, 2);
    int count = body.readUnsignedShort();
    checkCount(count, body, 1 + COLUMN_SUFFIX);
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = CStrings.consumeLenient(body);
      require(body, COLUMN_SUFFIX);
      body.skipBytes(6);
      columns.add(new Column(name, body.readInt(), body.readShort()));
      body.skipBytes(6);
    }
    return new RowDescription(columns);
  }

  private static DataRow dataRow(ByteBuf body) {
    require(body, 2);
    int count = body.readUnsignedShort();
    checkCount(count, body, 4);
    List<@Nullable String> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      require(body, 4);
      int length = body.readInt();
      if (length < -1) {
        throw MalformedMessageException.violation("invalid length of a value");
      }
      values.add(length == -1 ? null : new String(bytes(body, length), StandardCharsets.UTF_8));
    }
    return new DataRow(values);
  }

  private static void checkCount(int count, ByteBuf body, int bytesEach) {
    if (count < 0 || count > body.readableBytes() / bytesEach) {
      throw MalformedMessageException.violation("invalid count in a message");
    }
  }

  private static byte[] bytes(ByteBuf body, int length) {
    require(body, length);
    byte[] bytes = new byte[length];
    body.readBytes(bytes);
    return bytes;
  }

  private static void require(ByteBuf body, int length) {
    if (body.readableBytes() < length) {
      throw MalformedMessageException.violation("insufficient data left in message");
    }
  }
}
