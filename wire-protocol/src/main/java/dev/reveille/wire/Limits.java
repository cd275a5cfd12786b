package dev.reveille.wire;

/**
 * Upper bounds on what a peer may make us read. Lengths are as on the wire, in bytes, counting the
 * four bytes of the length word itself unless said otherwise. All are checked as soon as the length
 * word has arrived, before anything of that size is allocated.
 */
public final class Limits {

  /** A startup packet that holds nothing but its code (SSLRequest, GSSENCRequest). */
  public static final int MIN_INITIAL_PACKET = 8;

  /** MAX_STARTUP_PACKET_LENGTH of PostgreSQL's libpq/pqcomm.h. */
  public static final int MAX_INITIAL_PACKET = 10_000;

  /** NAMEDATALEN - 1 of pg_config_manual.h: Postgres would silently cut a longer name short. */
  public static final int MAX_NAME_BYTES = 63;

  /** The secret of protocol 3.0: a 32-bit integer (Message Formats, CancelRequest). */
  public static final int MIN_CANCEL_SECRET = 4;

  /** The longest secret of protocol 3.2 (Message Formats, BackendKeyData). */
  public static final int MAX_CANCEL_SECRET = 256;

  /** PG_MAX_SASL_MESSAGE_LENGTH of libpq/sasl.h, plus the length word. */
  public static final int MAX_SASL_FRAME = 1024 + 4;

  /**
   * A message with a bearer token in it, with the length word. PostgreSQL allows for 65,535 bytes
   * (PG_MAX_AUTH_TOKEN_LENGTH of libpq/auth.h); strangers are given less room here.
   */
  public static final int MAX_TOKEN_FRAME = 18 * 1024 + 4;

  /** What a compute may send in one message while a login goes on. */
  public static final int MAX_LOGIN_FRAME = 64 * 1024;

  /** PQ_LARGE_MESSAGE_LIMIT of libpq/libpq.h (MaxAllocSize - 1), plus the length word. */
  public static final int MAX_FRAME = 0x3fff_fffe + 4;

  private Limits() {
  }
}
