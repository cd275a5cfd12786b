package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages that a compute sends (PostgreSQL documentation, Frontend/Backend Protocol, Message
 * Formats). Every encoder appends one whole frame to {@code out}, which it borrows. Stateless.
 */
public final class BackendMessages {

  /** AuthenticationOk. */
  static final int METHOD_OK = 0;
  /** AuthenticationCleartextPassword. */
  static final int METHOD_CLEARTEXT = 3;
  /** AuthenticationMD5Password. */
  static final int METHOD_MD5 = 5;
  /** AuthenticationSASL. */
  static final int METHOD_SASL = 10;
  /** AuthenticationSASLContinue. */
  static final int METHOD_SASL_CONTINUE = 11;
  /** AuthenticationSASLFinal. */
  static final int METHOD_SASL_FINAL = 12;

  private BackendMessages() {
  }

  /**
   * Decodes one message; {@code body} (what follows the length) is borrowed and consumed.
   *
   * @throws MalformedMessageException when the body is not what the type requires
   */
  public static BackendMessage decode(byte type, ByteBuf body) {
    return BackendMessageDecoder.decode(type, body);
  }

  public static void authenticationOk(ByteBuf out) {
    authentication(out, METHOD_OK, new byte[0]);
  }

  /** Asks for PasswordMessage, which is sent as it is: only under TLS. */
  public static void authenticationCleartext(ByteBuf out) {
    authentication(out, METHOD_CLEARTEXT, new byte[0]);
  }

  /** Mechanisms in order of preference. */
  public static void authenticationSasl(ByteBuf out, List<String> mechanisms) {
    int start = Frames.begin(out, FrameTypes.AUTHENTICATION);
    out.writeInt(METHOD_SASL);
    mechanisms.forEach(mechanism -> CStrings.append(out, mechanism));
    out.writeByte(0);
    Frames.end(out, start);
  }

  public static void authenticationSaslContinue(ByteBuf out, byte[] data) {
    authentication(out, METHOD_SASL_CONTINUE, data);
  }

  public static void authenticationSaslFinal(ByteBuf out, byte[] data) {
    authentication(out, METHOD_SASL_FINAL, data);
  }

  private static void authentication(ByteBuf out, int method, byte[] data) {
    int start = Frames.begin(out, FrameTypes.AUTHENTICATION);
    out.writeInt(method).writeBytes(data);
    Frames.end(out, start);
  }

  public static void parameterStatus(ByteBuf out, String name, String value) {
    int start = Frames.begin(out, FrameTypes.PARAMETER_STATUS);
    CStrings.append(out, name);
    CStrings.append(out, value);
    Frames.end(out, start);
  }

  /** A client of protocol 3.0 must be given a secret of exactly 4 bytes. */
  public static void backendKeyData(ByteBuf out, int processId, CancelSecret secret) {
    int start = Frames.begin(out, FrameTypes.BACKEND_KEY_DATA);
    out.writeInt(processId);
    secret.appendTo(out);
    Frames.end(out, start);
  }

  public static void readyForQuery(ByteBuf out, TransactionStatus status) {
    int start = Frames.begin(out, FrameTypes.READY_FOR_QUERY);
    out.writeByte(status.code());
    Frames.end(out, start);
  }

  public static void errorResponse(ByteBuf out, ErrorFields fields) {
    fields(out, FrameTypes.ERROR_RESPONSE, fields);
  }

  public static void noticeResponse(ByteBuf out, ErrorFields fields) {
    fields(out, FrameTypes.NOTICE_RESPONSE, fields);
  }

  private static void fields(ByteBuf out, byte type, ErrorFields fields) {
    int start = Frames.begin(out, type);
    fields.appendTo(out);
    Frames.end(out, start);
  }

  /**
   * Tells the client the newest minor of protocol 3 and the extensions that are not known. The
   * documentation speaks of a minor version; Postgres sends, and libpq expects, the whole version
   * (SendNegotiateProtocolVersion in backend_startup.c).
   */
  public static void negotiateProtocolVersion(ByteBuf out, int minor, List<String> unsupported) {
    int start = Frames.begin(out, FrameTypes.NEGOTIATE_PROTOCOL_VERSION);
    out.writeInt(new ProtocolVersion(3, minor).code());
    out.writeInt(unsupported.size());
    unsupported.forEach(name -> CStrings.append(out, name));
    Frames.end(out, start);
  }

  /** All columns in text format, of no table. */
  public static void rowDescription(ByteBuf out, List<Column> columns) {
    int start = Frames.begin(out, FrameTypes.ROW_DESCRIPTION);
    out.writeShort(columns.size());
    for (Column column : columns) {
      CStrings.append(out, column.name());
      out.writeInt(0).writeShort(0); // no table, no attribute of one
      out.writeInt(column.typeOid()).writeShort(column.typeSize());
      out.writeInt(-1).writeShort(0); // no type modifier; text format
    }
    Frames.end(out, start);
  }

  /** Values in text format; null is SQL's NULL. */
  public static void dataRow(ByteBuf out, List<@Nullable String> values) {
    int start = Frames.begin(out, FrameTypes.DATA_ROW);
    out.writeShort(values.size());
    for (String value : values) {
      if (value == null) {
        out.writeInt(-1);
      } else {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length).writeBytes(bytes);
      }
    }
    Frames.end(out, start);
  }

  /** For instance {@code SELECT 3}. */
  public static void commandComplete(ByteBuf out, String tag) {
    int start = Frames.begin(out, FrameTypes.COMMAND_COMPLETE);
    CStrings.append(out, tag);
    Frames.end(out, start);
  }
}
