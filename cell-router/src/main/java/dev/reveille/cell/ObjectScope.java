package dev.reveille.cell;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** The schemas and tables of a database that a credential may reach. */
public sealed interface ObjectScope {

  /** Whether everything that this scope reaches is reached by {@code wider} as well. */
  boolean within(ObjectScope wider);

  /** What both reach. */
  ObjectScope intersection(ObjectScope other);

  /** Whatever the mode allows. */
  record All() implements ObjectScope {
    @Override
    public boolean within(ObjectScope wider) {
      return wider instanceof All;
    }

    @Override
    public ObjectScope intersection(ObjectScope other) {
      return other;
    }
  }

  /**
   * Only these: all tables of a schema, those made later included, and single tables. Never both
   * empty when it is asked for; an intersection may be, and then reaches nothing.
   */
  record Only(Set<String> schemas, Set<TableName> tables) implements ObjectScope {
    public Only {
      schemas = Set.copyOf(schemas);
      tables = Set.copyOf(tables);
      schemas.forEach(schema -> requireName("schema", schema));
    }

    private boolean reaches(TableName table) {
      return schemas.contains(table.schema()) || tables.contains(table);
    }

    @Override
    public boolean within(ObjectScope wider) {
      return switch (wider) {
        case All _ -> true;
        case Only only -> only.schemas.containsAll(schemas)
            && tables.stream().allMatch(only::reaches);
      };
    }

    @Override
    public ObjectScope intersection(ObjectScope other) {
      return switch (other) {
        case All _ -> this;
        case Only only -> {
          Set<String> both = new HashSet<>(schemas);
          both.retainAll(only.schemas);
          Set<TableName> shared = new HashSet<>();
          tables.stream().filter(only::reaches).forEach(shared::add);
          only.tables.stream().filter(this::reaches).forEach(shared::add);
          shared.removeIf(table -> both.contains(table.schema()));
          yield new Only(both, shared);
        }
      };
    }
  }

  /** A name that a compute can have: 1 to 63 bytes, without NUL. System schemas are not given out. */
  static void requireName(String what, String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > 63 || name.indexOf('\0') >= 0) {
      throw new InvalidNameException("42602", "a " + what + "'s name has 1 to 63 bytes");
    }
    if (what.equals("schema") && (name.startsWith("pg_") || name.equals("information_schema"))) {
      throw new InvalidNameException("42602", "schema \"" + name + "\" belongs to Postgres");
    }
  }
}
