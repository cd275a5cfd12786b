package dev.reveille.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages from a compute that a login or a small query has to understand (PostgreSQL
 * documentation, Frontend/Backend Protocol, Message Formats). Decoded by {@link BackendMessages}.
 * None keeps a buffer. Arrays belong to the message: do not change them.
 */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface BackendMessage {

  record AuthenticationOk() implements BackendMessage {}

  record AuthenticationCleartext() implements BackendMessage {}

  /** {@code salt} is 4 bytes long. */
  record AuthenticationMd5(byte[] salt) implements BackendMessage {}

  /** Mechanisms in the compute's order of preference. */
  record AuthenticationSasl(List<String> mechanisms) implements BackendMessage {
    public AuthenticationSasl {
      mechanisms = List.copyOf(mechanisms);
    }
  }

  record AuthenticationSaslContinue(byte[] data) implements BackendMessage {
    @Override
    public String toString() {
      return "AuthenticationSaslContinue[" + data.length + " bytes]";
    }
  }

  record AuthenticationSaslFinal(byte[] data) implements BackendMessage {
    @Override
    public String toString() {
      return "AuthenticationSaslFinal[" + data.length + " bytes]";
    }
  }

  /** GSSAPI, SSPI, or a method that is not known: the login cannot go on. */
  record AuthenticationUnsupported(int method) implements BackendMessage {}

  record ErrorResponse(ErrorFields fields) implements BackendMessage {}

  record NoticeResponse(ErrorFields fields) implements BackendMessage {}

  record ParameterStatus(String name, String value) implements BackendMessage {}

  record BackendKeyData(int processId, CancelSecret secret) implements BackendMessage {}

  record ReadyForQuery(TransactionStatus status) implements BackendMessage {}

  /** The newest minor of protocol 3 that the compute speaks, and the extensions it knows not. */
  record NegotiateProtocolVersion(int minor, List<String> unsupported) implements BackendMessage {
    public NegotiateProtocolVersion {
      unsupported = List.copyOf(unsupported);
    }
  }

  record RowDescription(List<Column> columns) implements BackendMessage {
    public RowDescription {
      columns = List.copyOf(columns);
    }
  }

  /** Values in text format; null is SQL's NULL. */
  record DataRow(List<@Nullable String> values) implements BackendMessage {
    public DataRow {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** Without values: they are the user's data. */
    @Override
    public String toString() {
      return "DataRow[" + values.size() + " values]";
    }
  }

  record CommandComplete(String tag) implements BackendMessage {}

  /** A message whose body was not looked at. */
  record Other(byte type) implements BackendMessage {}
}
