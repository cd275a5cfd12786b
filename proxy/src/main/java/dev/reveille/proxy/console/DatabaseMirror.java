package dev.reveille.proxy.console;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogReader.Cursor;
import dev.reveille.cell.DatabaseChanges;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseState;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one console's rows of its account's databases, however many those are. They are read once, a
 * page at a time; from then on the catalog is asked what has changed since the last look, and for
 * nothing else. The rows are in the console's Postgres alone, none is kept here. Blocking; one thread at
 * a time. After a failure the connection is of no use, and all are read again.
 *
 * <p>The databases become rows of {@code pg_database} as well, because that is where tools look. There
 * is nothing behind such a row: whoever wants its data connects to it through the proxy, and Postgres
 * itself has no reason to touch a database that has no statistics and no age.
 */
final class DatabaseMirror {
  private static final int PAGE = 1000;
  private static final String ASLEEP = "asleep";
  /** Who has not looked for longer reads all again: the catalog keeps its changes for a day. */
  private static final Duration FRESH = Duration.ofHours(1);
  /** Proxies tell when a database was used a while after that, and their clocks may differ. */
  private static final Duration TOLD_LATE = Duration.ofMinutes(15);

  private final AccountId account;
  /** Of rows that say something else than that the database is asleep without sessions: what. */
  private final Map<DatabaseId, Activity> shown = new HashMap<>();
  private Optional<Cursor> cursor = Optional.empty();
  private Instant lookedAt = Instant.EPOCH;
  private Instant usedAt = Instant.EPOCH;

  private record Activity(String state, int sessions) {
    static final Activity NONE = new Activity(ASLEEP, 0);
  }

  DatabaseMirror(AccountId account) {
    this.account = account;
  }

  /** Brings names, and all else that the catalog announces, up to date. */
  void look(AdminConnection admin, Catalog catalog, Instant now) throws IOException {
    Optional<Cursor> from = now.isBefore(lookedAt.plus(FRESH)) ? cursor : Optional.empty();
    cursor = Optional.empty();
    DatabaseChanges changes = catalog.databasesSince(account, from);
    boolean complete = from.isPresent() && changes.complete();
    while (!complete) {
      readAll(admin, catalog);
      changes = catalog.databasesSince(account, Optional.of(changes.next()));
      complete = changes.complete();
    }
    if (!changes.touched().isEmpty()) {
      follow(admin, changes);
    }
    cursor = Optional.of(changes.next());
    lookedAt = now;
  }

  private void readAll(AdminConnection admin, Catalog catalog) throws IOException {
    shown.clear();
    admin.execute("BEGIN; DELETE FROM reveille.databases");
    List<DatabaseRecord> page;
    String behind = "";
    do {
      page = catalog.databases(account, behind, PAGE);
      if (!page.isEmpty()) {
        admin.execute(insert(page));
        behind = page.getLast().route().name();
      }
    } while (page.size() == PAGE);
    admin.execute(settle(Optional.empty()) + "; COMMIT");
  }

  private void follow(AdminConnection admin, DatabaseChanges changes) throws IOException {
    List<String> work = new ArrayList<>();
    work.add("DELETE FROM reveille.databases WHERE " + among("id", changes.touched()));
    for (int i = 0; i < changes.now().size(); i += PAGE) {
      work.add(insert(changes.now().subList(i, Math.min(changes.now().size(), i + PAGE))));
    }
    work.add(settle(Optional.of(changes.touched())));
    admin.execute(String.join("; ", work));
    shown.keySet().removeAll(changes.touched());
  }

  /** What is read page by page may come twice. */
  private String insert(List<DatabaseRecord> records) {
    return "INSERT INTO reveille.databases AS d VALUES " + records.stream()
        .map(one -> row(one).literals())
        .collect(Collectors.joining(",")) + " ON CONFLICT (id) DO UPDATE SET (name, state, cell,"
        + " created_at, created_by, expires_at, suspend_after, parent, parent_id,"
        + " parent_checkpoint, used_at) = ROW (excluded.name, excluded.state, excluded.cell,"
        + " excluded.created_at, excluded.created_by, excluded.expires_at,"
        + " excluded.suspend_after, excluded.parent, excluded.parent_id,"
        + " excluded.parent_checkpoint, excluded.used_at)";
  }

  private MirrorRow row(DatabaseRecord one) {
    one.usedAt().ifPresent(this::used);
    var route = one.route();
    return MirrorRow.of(route.name(), route.database(),
        one.state() == DatabaseState.READY ? ASLEEP : one.state().word(),
        route.homeCell().value(), 0, one.createdAt(),
        one.createdBy().isEmpty() ? null : one.createdBy(), route.lifetime().expiresAt(),
        route.settings().suspendAfter(), one.lineage().parentName(), one.lineage().parent(),
        one.lineage().checkpoint(), one.usedAt());
  }

  private void used(Instant moment) {
    usedAt = usedAt.isBefore(moment) ? moment : usedAt;
  }

  /**
   * What follows from the rows of these databases, or of all. A branch has its parent's name of today,
   * or the one that it was branched from. Names may be exchanged: all that changed go before any comes.
   */
  private static String settle(Optional<Set<DatabaseId>> touched) {
    String own = touched.map(ids -> among("m.id", ids)).orElse("true");
    String inherited = touched.map(ids -> among("d.parent_id", ids)).orElse("true");
    return """
        INSERT INTO reveille_mirror.databases AS m (id, parent)
          SELECT m.id, m.parent FROM reveille.databases m WHERE %1$s
          ON CONFLICT (id) DO UPDATE SET parent = excluded.parent;
        UPDATE reveille.databases d SET parent = coalesce(
            (SELECT p.name FROM reveille.databases p WHERE p.id = d.parent_id), m.parent)
          FROM reveille_mirror.databases m
          WHERE m.id = d.id AND d.parent_id IS NOT NULL AND (%1$s OR %2$s);
        DELETE FROM pg_catalog.pg_database g USING reveille_mirror.databases m
          WHERE g.oid = m.oid AND %1$s AND NOT EXISTS (
            SELECT FROM reveille.databases d WHERE d.id = m.id AND d.name = g.datname);
        DELETE FROM reveille_mirror.databases m WHERE %1$s
          AND NOT EXISTS (SELECT FROM reveille.databases d WHERE d.id = m.id);
        INSERT INTO pg_catalog.pg_database SELECT r.*
          FROM reveille.databases d JOIN reveille_mirror.databases m ON m.id = d.id
            JOIN pg_catalog.pg_database t ON t.datname = 'reveille',
            LATERAL pg_catalog.jsonb_populate_record(t, pg_catalog.jsonb_build_object(
              'oid', m.oid, 'datname', d.name, 'datacl', NULL)) r
          WHERE %1$s AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_database g WHERE g.oid = m.oid)"""
        .formatted(own, inherited);
  }

  /** Brings up to date what the catalog does not announce: what runs, and when it was used. */
  void lookAtUse(AdminConnection admin, Catalog catalog, Collection<ComputeStatus> statuses)
      throws IOException {
    List<String> use = new ArrayList<>();
    Instant from = usedAt.equals(Instant.EPOCH) ? usedAt : usedAt.minus(TOLD_LATE);
    catalog.usedSince(account, from).forEach((id, moment) -> {
      used(moment);
      use.add("(" + uuid(id) + "," + Sql.literal(moment.toString()) + "::timestamptz)");
    });
    update(admin, "used_at = v.used_at FROM (VALUES %s) v (id, used_at) WHERE d.id = v.id"
        + " AND d.used_at IS DISTINCT FROM v.used_at", use);
    Map<DatabaseId, Activity> now = new HashMap<>();
    statuses.forEach(one -> now.put(one.database(), new Activity(one.state(), one.sessions())));
    now.values().removeIf(Activity.NONE::equals);
    Set<DatabaseId> either = new HashSet<>(now.keySet());
    either.addAll(shown.keySet());
    List<String> different = new ArrayList<>();
    for (DatabaseId id : either) {
      Activity is = now.getOrDefault(id, Activity.NONE);
      if (!is.equals(shown.getOrDefault(id, Activity.NONE))) {
        different.add("(" + uuid(id) + "," + Sql.literal(is.state) + "," + is.sessions + ")");
      }
    }
    update(admin, "state = v.state, sessions = v.sessions FROM (VALUES %s) v (id, state, sessions)"
        + " WHERE d.id = v.id AND d.state <> 'archived'", different);
    shown.clear();
    shown.putAll(now);
  }

  private static void update(AdminConnection admin, String what, List<String> values)
      throws IOException {
    for (int i = 0; i < values.size(); i += PAGE) {
      admin.execute("UPDATE reveille.databases d SET " + what.formatted(
          String.join(",", values.subList(i, Math.min(values.size(), i + PAGE)))));
    }
  }

  /** What these are called, of those that are there. */
  static Map<DatabaseId, String> names(AdminConnection admin, Collection<DatabaseId> ids)
      throws IOException {
    Map<DatabaseId, String> names = new HashMap<>();
    for (List<@Nullable String> row : admin.query("SELECT id, name FROM reveille.databases WHERE "
        + among("id", ids))) {
      names.put(new DatabaseId(UUID.fromString(String.valueOf(row.getFirst()))),
          String.valueOf(row.getLast()));
    }
    return names;
  }

  /** How many there are in each cell that has any. */
  static Map<String, Long> perCell(AdminConnection admin) throws IOException {
    Map<String, Long> counts = new HashMap<>();
    for (List<@Nullable String> row : admin
        .query("SELECT cell, count(*) FROM reveille.databases GROUP BY cell")) {
      counts.put(String.valueOf(row.getFirst()), Long.valueOf(String.valueOf(row.getLast())));
    }
    return counts;
  }

  private static String uuid(DatabaseId id) {
    return "'" + id + "'::uuid";
  }

  private static String among(String column, Collection<DatabaseId> ids) {
    return column + " = ANY ('{"
        + ids.stream().map(DatabaseId::toString).collect(Collectors.joining(",")) + "}'::uuid[])";
  }
}
