package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The fields of an ErrorResponse or NoticeResponse in order, known or not, so that a compute's
 * error is passed on whole (PostgreSQL documentation, Frontend/Backend Protocol, Error and Notice
 * Message Fields). Immutable. What was decoded encodes to the same bytes again.
 */
public final class ErrorFields {

  /** Localized severity. */
  public static final char LOCALIZED_SEVERITY = 'S';
  /** Severity, never localized. */
  public static final char SEVERITY = 'V';
  /** SQLSTATE. */
  public static final char CODE = 'C';
  /** The primary message. */
  public static final char MESSAGE = 'M';
  public static final char DETAIL = 'D';
  public static final char HINT = 'H';
  /** Position in the query, in characters from 1. */
  public static final char POSITION = 'P';
  public static final char INTERNAL_POSITION = 'p';
  public static final char INTERNAL_QUERY = 'q';
  /** Where: the call stack of the compute's procedures. */
  public static final char WHERE = 'W';
  public static final char SCHEMA_NAME = 's';
  public static final char TABLE_NAME = 't';
  public static final char COLUMN_NAME = 'c';
  public static final char DATA_TYPE_NAME = 'd';
  public static final char CONSTRAINT_NAME = 'n';
  /** Source file of the compute. */
  public static final char FILE = 'F';
  public static final char LINE = 'L';
  public static final char ROUTINE = 'R';

  private record Field(char code, String value) {}

  private final List<Field> fields;
  private final Charset charset;

  private ErrorFields(List<Field> fields, Charset charset) {
    this.fields = List.copyOf(fields);
    this.charset = charset;
  }

  /** Severity (localized and not), SQLSTATE and message: what every error must have. */
  public static ErrorFields of(Severity severity, String sqlState, String message) {
    return new ErrorFields(List.of(), StandardCharsets.UTF_8)
        .with(LOCALIZED_SEVERITY, severity.name())
        .with(SEVERITY, severity.name())
        .with(CODE, sqlState)
        .with(MESSAGE, message);
  }

  /**
   * Consumes the body of an ErrorResponse or NoticeResponse (after type and length).
   *
   * @throws MalformedMessageException when it is not a list of fields ended by one NUL
   */
  public static ErrorFields decode(ByteBuf body) {
    Charset charset = StandardCharsets.UTF_8;
    List<Character> codes = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    while (true) {
      if (!body.isReadable()) {
        throw MalformedMessageException.violation("error fields without terminator");
      }
      byte code = body.readByte();
      if (code == 0) {
        break;
      }
      byte[] value = CStrings.consumeBytes(body);
      if (!CStrings.charsetOf(value).equals(StandardCharsets.UTF_8)) {
        charset = StandardCharsets.ISO_8859_1;
      }
      codes.add((char) (code & 0xff));
      values.add(value);
    }
    if (body.isReadable()) {
      throw MalformedMessageException.violation("bytes after error fields");
    }
    List<Field> fields = new ArrayList<>(codes.size());
    for (int i = 0; i < codes.size(); i++) {
      fields.add(new Field(codes.get(i), new String(values.get(i), charset)));
    }
    return new ErrorFields(fields, charset);
  }

  /** A copy with this DETAIL. */
  public ErrorFields detail(String detail) {
    return with(DETAIL, detail);
  }

  /** A copy with this HINT. */
  public ErrorFields hint(String hint) {
    return with(HINT, hint);
  }

  /** A copy with this field in place of one of that code; NULs cannot be sent and are replaced. */
  public ErrorFields with(char code, String value) {
    if (code == 0 || code > 0xff) {
      throw new IllegalArgumentException("not a field code: " + (int) code);
    }
    Field field = new Field(code, value.replace('\0', '?'));
    List<Field> changed = new ArrayList<>(fields);
    int index = changed.stream().map(Field::code).toList().indexOf(code);
    if (index < 0) {
      changed.add(field);
    } else {
      changed.set(index, field);
    }
    return new ErrorFields(changed, charset);
  }

  /** From V, else from S (before PostgreSQL 9.6); ERROR where neither is known. */
  public Severity severity() {
    String name = field(SEVERITY).or(() -> field(LOCALIZED_SEVERITY)).orElse("");
    for (Severity severity : Severity.values()) {
      if (severity.name().equals(name)) {
        return severity;
      }
    }
    return Severity.ERROR;
  }

  /** Five characters; XX000 where the sender gave none. */
  public String sqlState() {
    return field(CODE).orElse(SqlStates.INTERNAL_ERROR);
  }

  /** Empty where the sender gave none. */
  public String message() {
    return field(MESSAGE).orElse("");
  }

  public Optional<String> detail() {
    return field(DETAIL);
  }

  public Optional<String> hint() {
    return field(HINT);
  }

  /** The first field of this code. */
  public Optional<String> field(char code) {
    return fields.stream().filter(f -> f.code() == code).map(Field::value).findFirst();
  }

  void appendTo(ByteBuf out) {
    for (Field field : fields) {
      out.writeByte(field.code());
      CStrings.append(out, field.value(), charset);
    }
    out.writeByte(0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ErrorFields that && fields.equals(that.fields)
        && charset.equals(that.charset);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** Severity, SQLSTATE and message only: the other fields may quote data. */
  @Override
  public String toString() {
    return severity() + " " + sqlState() + ": " + message();
  }
}
