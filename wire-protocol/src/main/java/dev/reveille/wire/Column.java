package dev.reveille.wire;

/**
 * One column of a RowDescription in text format (PostgreSQL documentation, Frontend/Backend
 * Protocol, Message Formats, RowDescription).
 *
 * @param typeOid object id of the type, as in pg_type
 * @param typeSize pg_type.typlen: bytes, or -1 for a varying size
 */
public record Column(String name, int typeOid, int typeSize) {

  /** pg_type.oid of text. */
  public static final int TEXT_OID = 25;

  /** A column of type text. */
  public static Column text(String name) {
    return new Column(name, TEXT_OID, -1);
  }
}
