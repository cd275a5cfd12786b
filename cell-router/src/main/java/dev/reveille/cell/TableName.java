package dev.reveille.cell;

/**
 * A table, with its schema. Both are names as the compute has them: case is kept, nothing is quoted.
 */
public record TableName(String schema, String table) implements Comparable<TableName> {
  public TableName {
    ObjectScope.requireName("schema", schema);
    ObjectScope.requireName("table", table);
  }

  /** {@code table} in schema public, or {@code schema.table}; a name with a dot cannot be written. */
  public static TableName parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new TableName("public", text)
        : new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  @Override
  public int compareTo(TableName other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema == 0 ? table.compareTo(other.table) : bySchema;
  }

  @Override
  public String toString() {
    return schema + "." + table;
  }
}
