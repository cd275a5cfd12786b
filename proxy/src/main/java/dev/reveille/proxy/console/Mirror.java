package dev.reveille.proxy.console;

import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the tables of one console's compute, each time only what is different from the last. Nobody
 * else writes there, so what was written is known. Blocking; one thread at a time.
 *
 * <p>The databases of the account become rows of {@code pg_database} as well, because that is where
 * tools look. There is nothing behind such a row: whoever wants its data connects to it through the
 * proxy, and Postgres itself has no reason to touch a database that has no statistics and no age.
 */
final class Mirror {
  /** Above what Postgres gives out to a young storage, so that it meets none of its own. */
  private static final int FIRST_OID = 1 << 30;
  private static final int ROWS_AT_ONCE = 1000;

  private final Map<MirrorTable, List<MirrorRow>> written = new EnumMap<>(MirrorTable.class);
  private Map<String, String> databases = Map.of();
  private final Map<String, Integer> oids = new HashMap<>();
  private final Set<Integer> taken = new HashSet<>();
  private boolean certain = true;

  /** Makes the tables, once for a storage. */
  static void create(AdminConnection admin) throws IOException {
    try (InputStream schema = Mirror.class.getResourceAsStream("schema.sql")) {
      if (schema == null) {
        throw new IllegalStateException("schema.sql is missing");
      }
      admin.execute(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Whether pg_database has the column names of Postgres 17. */
  static boolean localeRenamed(AdminConnection admin) throws IOException {
    return !admin.query("SELECT FROM pg_catalog.pg_attribute WHERE attname = 'datlocale'"
        + " AND attrelid = 'pg_catalog.pg_database'::pg_catalog.regclass").isEmpty();
  }

  /**
   * Makes the tables have these rows, in one transaction.
   *
   * @param names of databases by id, if those are among the tables
   */
  void write(AdminConnection admin, Map<MirrorTable, List<MirrorRow>> wanted,
      Map<String, String> names) throws IOException {
    List<String> work = new ArrayList<>();
    boolean all = !certain;
    if (all) {
      for (MirrorTable table : MirrorTable.values()) {
        work.add("DELETE FROM " + table.sqlName());
      }
      work.add("DELETE FROM pg_catalog.pg_database WHERE oid >= " + FIRST_OID);
      written.clear();
      databases = Map.of();
    }
    wanted.forEach((table, rows) -> change(table, rows, work));
    if (wanted.containsKey(MirrorTable.DATABASES)) {
      rename(names, work);
    }
    if (work.isEmpty()) {
      return;
    }
    certain = false;
    admin.execute(String.join(";\n", work));
    certain = true;
    written.putAll(wanted);
    if (wanted.containsKey(MirrorTable.DATABASES)) {
      databases = Map.copyOf(names);
    }
  }

  private void change(MirrorTable table, List<MirrorRow> rows, List<String> work) {
    List<MirrorRow> before = written.getOrDefault(table, List.of());
    if (before.equals(rows)) {
      return;
    }
    if (table.key().isEmpty()) {
      if (!before.isEmpty()) {
        work.add("DELETE FROM " + table.sqlName());
      }
      insert(table, rows, work);
      return;
    }
    Map<String, MirrorRow> left = new LinkedHashMap<>();
    before.forEach(row -> left.put(row.at(table.keyAt()), row));
    List<MirrorRow> fresh = new ArrayList<>();
    for (MirrorRow row : rows) {
      if (row.equals(left.get(row.at(table.keyAt())))) {
        left.remove(row.at(table.keyAt()));
      } else {
        fresh.add(row);
      }
    }
    chunks(List.copyOf(left.keySet())).forEach(keys -> work.add("DELETE FROM " + table.sqlName()
        + " WHERE " + table.key().orElseThrow() + " IN ("
        + keys.stream().map(Sql::literal).collect(Collectors.joining(",")) + ")"));
    insert(table, fresh, work);
  }

  private static void insert(MirrorTable table, List<MirrorRow> rows, List<String> work) {
    chunks(rows).forEach(some -> work.add("INSERT INTO " + table.sqlName() + " VALUES "
        + some.stream().map(MirrorRow::literals).collect(Collectors.joining(","))));
  }

  /** Names may be swapped: all that changed go before any comes. */
  private void rename(Map<String, String> names, List<String> work) {
    List<String> gone = new ArrayList<>();
    databases.forEach((id, name) -> {
      if (!name.equals(names.get(id))) {
        gone.add(Integer.toString(oid(id)));
      }
    });
    List<String> come = new ArrayList<>();
    names.forEach((id, name) -> {
      if (!name.equals(databases.get(id))) {
        come.add("(" + oid(id) + "," + Sql.literal(name) + ")");
      }
    });
    chunks(gone).forEach(some -> work.add("DELETE FROM pg_catalog.pg_database WHERE oid IN ("
        + String.join(",", some) + ")"));
    chunks(come).forEach(some -> work.add("INSERT INTO pg_catalog.pg_database"
        + " SELECT (pg_catalog.jsonb_populate_record(d, pg_catalog.jsonb_build_object("
        + "'oid', v.o, 'datname', v.n, 'datacl', NULL))).*"
        + " FROM pg_catalog.pg_database d, (VALUES " + String.join(",", some)
        + ") v(o, n) WHERE d.datname = 'reveille'"));
    oids.keySet().retainAll(names.keySet());
    taken.retainAll(Set.copyOf(oids.values()));
  }

  /** The same for as long as the database is there. */
  private int oid(String id) {
    Integer known = oids.get(id);
    if (known == null) {
      known = FIRST_OID + Math.floorMod(id.hashCode(), FIRST_OID);
      while (!taken.add(known)) {
        known = FIRST_OID + (known + 1) % FIRST_OID;
      }
      oids.put(id, known);
    }
    return known;
  }

  private static <T> List<List<T>> chunks(List<T> all) {
    List<List<T>> chunks = new ArrayList<>();
    for (int i = 0; i < all.size(); i += ROWS_AT_ONCE) {
      chunks.add(all.subList(i, Math.min(all.size(), i + ROWS_AT_ONCE)));
    }
    return chunks;
  }
}
