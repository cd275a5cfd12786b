package dev.reveille.wire;

/**
 * The type bytes of all messages of protocol 3, named as in PostgreSQL documentation,
 * Frontend/Backend Protocol, Message Formats (and libpq/protocol.h). F: from the client; B: from
 * the compute. One letter may mean one thing in each direction.
 */
public final class FrameTypes {

  /** F. Extended query. */
  public static final byte BIND = 'B';
  /** F. Extended query. */
  public static final byte CLOSE = 'C';
  /** F. Extended query. */
  public static final byte DESCRIBE = 'D';
  /** F. Extended query. */
  public static final byte EXECUTE = 'E';
  /** F. Extended query. */
  public static final byte FLUSH = 'H';
  /** F. Function call. */
  public static final byte FUNCTION_CALL = 'F';
  /** F. Extended query. */
  public static final byte PARSE = 'P';
  /** F. PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share one letter. */
  public static final byte PASSWORD = 'p';
  /** F. Simple query. */
  public static final byte QUERY = 'Q';
  /** F. Extended query. */
  public static final byte SYNC = 'S';
  /** F. */
  public static final byte TERMINATE = 'X';
  /** F. COPY operations. */
  public static final byte COPY_FAIL = 'f';

  /** F and B. COPY operations. */
  public static final byte COPY_DATA = 'd';
  /** F and B. COPY operations. */
  public static final byte COPY_DONE = 'c';

  /** B. Every Authentication... message; told apart by an Int32. */
  public static final byte AUTHENTICATION = 'R';
  /** B. */
  public static final byte BACKEND_KEY_DATA = 'K';
  /** B. */
  public static final byte BIND_COMPLETE = '2';
  /** B. */
  public static final byte CLOSE_COMPLETE = '3';
  /** B. */
  public static final byte COMMAND_COMPLETE = 'C';
  /** B. COPY operations. */
  public static final byte COPY_IN_RESPONSE = 'G';
  /** B. COPY operations. */
  public static final byte COPY_OUT_RESPONSE = 'H';
  /** B. COPY operations; streaming replication. */
  public static final byte COPY_BOTH_RESPONSE = 'W';
  /** B. */
  public static final byte DATA_ROW = 'D';
  /** B. */
  public static final byte EMPTY_QUERY_RESPONSE = 'I';
  /** B. */
  public static final byte ERROR_RESPONSE = 'E';
  /** B. */
  public static final byte FUNCTION_CALL_RESPONSE = 'V';
  /** B. */
  public static final byte NEGOTIATE_PROTOCOL_VERSION = 'v';
  /** B. */
  public static final byte NO_DATA = 'n';
  /** B. */
  public static final byte NOTICE_RESPONSE = 'N';
  /** B. Asynchronous operations. */
  public static final byte NOTIFICATION_RESPONSE = 'A';
  /** B. */
  public static final byte PARAMETER_DESCRIPTION = 't';
  /** B. */
  public static final byte PARAMETER_STATUS = 'S';
  /** B. */
  public static final byte PARSE_COMPLETE = '1';
  /** B. */
  public static final byte PORTAL_SUSPENDED = 's';
  /** B. */
  public static final byte READY_FOR_QUERY = 'Z';
  /** B. */
  public static final byte ROW_DESCRIPTION = 'T';

  private FrameTypes() {
  }
}
