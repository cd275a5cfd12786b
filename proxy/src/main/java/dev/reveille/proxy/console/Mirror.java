package dev.reveille.proxy.console;

import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the tables of one console's compute, each time only what is different from the last. Nobody
 * else writes there, so what was written is known. Databases, which may be many, have a {@link
 * DatabaseMirror}. Blocking; one thread at a time.
 */
final class Mirror {
  private static final int ROWS_AT_ONCE = 1000;

  private final Map<MirrorTable, List<MirrorRow>> written = new EnumMap<>(MirrorTable.class);
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

  /** Makes the tables have these rows, in one transaction. */
  void write(AdminConnection admin, Map<MirrorTable, List<MirrorRow>> wanted) throws IOException {
    List<String> work = new ArrayList<>();
    boolean all = !certain;
    if (all) {
      for (MirrorTable table : MirrorTable.values()) {
        work.add("DELETE FROM " + table.sqlName());
      }
      written.clear();
    }
    wanted.forEach((table, rows) -> change(table, rows, work));
    if (work.isEmpty()) {
      return;
    }
    certain = false;
    admin.execute(String.join(";\n", work));
    certain = true;
    written.putAll(wanted);
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

  private static <T> List<List<T>> chunks(List<T> all) {
    List<List<T>> chunks = new ArrayList<>();
    for (int i = 0; i < all.size(); i += ROWS_AT_ONCE) {
      chunks.add(all.subList(i, Math.min(all.size(), i + ROWS_AT_ONCE)));
    }
    return chunks;
  }
}
