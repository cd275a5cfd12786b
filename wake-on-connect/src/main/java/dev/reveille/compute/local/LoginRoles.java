package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One LOGIN role per credential, without a password: {@code ddl} is a member of the owner role and is
 * it from the start of each session, so that what it makes belongs to the owner; {@code rw} and
 * {@code ro} have Postgres's own groups for all data. Blocking.
 */
final class LoginRoles {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int REMEMBERED = 100_000;
  private static final int STRIPES = 64;
  private record Key(StorageId storage, String role) {}

  private record Known(long version, int connectionLimit) {}

  private final Map<Key, Known> known = new ConcurrentHashMap<>();
  private final ReentrantLock[] oneAtATime = new ReentrantLock[STRIPES];

  LoginRoles() {
    Arrays.setAll(oneAtATime, i -> new ReentrantLock());
  }

  /**
   * Makes the role match. What this process has committed to a storage stays there, so it is
   * remembered across the computes of that storage.
   */
  void ensure(StorageId storage, Path socket, LoginRole role) throws IOException {
    Key key = new Key(storage, role.name());
    Known wanted = new Known(role.version(), role.connectionLimit());
    if (wanted.equals(known.get(key))) {
      return;
    }
    ReentrantLock turn = oneAtATime[Math.floorMod(key.hashCode(), STRIPES)];
    turn.lock();
    try {
      if (!wanted.equals(known.get(key))) {
        try (AdminConnection admin = AdminConnection.open(socket, RoleNames.ADMIN,
            RoleNames.ADMIN_DATABASE, LIMIT)) {
          reconcile(admin, role);
        }
        remember(key, wanted);
      }
    } finally {
      turn.unlock();
    }
  }

  /**
   * Names a prepared storage's database and makes its first role, in one transaction. May be repeated.
   */
  void name(StorageId storage, Path socket, String database, LoginRole role) throws IOException {
    try (AdminConnection admin = AdminConnection.open(socket, RoleNames.ADMIN,
        RoleNames.ADMIN_DATABASE, LIMIT)) {
      boolean named = database.equals(RoleNames.UNNAMED) || !admin
          .query("SELECT 1 FROM pg_database WHERE datname = " + Sql.literal(database))
          .isEmpty();
      String rename = named
          ? ""
          : "ALTER DATABASE " + RoleNames.UNNAMED + " RENAME TO " + Sql.identifier(database) + ";";
      if (named) {
        reconcile(admin, role);
      } else {
        admin.execute(rename + creation(role));
      }
    }
    remember(new Key(storage, role.name()), new Known(role.version(), role.connectionLimit()));
  }

  /** The storage is gone. */
  void forget(StorageId storage) {
    known.keySet().removeIf(key -> key.storage().equals(storage));
  }

  private void remember(Key key, Known version) {
    if (known.size() >= REMEMBERED) {
      known.clear();
    }
    known.put(key, version);
  }

  private static void reconcile(AdminConnection admin, LoginRole role) throws IOException {
    List<List<@Nullable String>> state = admin.query("""
        SELECT r.rolcanlogin, r.rolconnlimit,
          (SELECT string_agg(g.rolname, ',' ORDER BY g.rolname) FROM pg_auth_members m
            JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
          (SELECT c FROM unnest(r.rolconfig) c WHERE c LIKE 'role=%')
        FROM pg_roles r WHERE r.rolname =\s""" + Sql.literal(role.name()));
    if (state.isEmpty()) {
      admin.execute(creation(role));
    } else if (!matches(state.getFirst(), role)) {
      String name = Sql.identifier(role.name());
      // Committed by itself first: a login could race the changes that follow.
      admin.execute("ALTER ROLE " + name + " NOLOGIN");
      admin.execute(revocation(state.getFirst(), name) + "GRANT " + String.join(", ",
          groups(role)) + " TO " + name + ";" + settings(role, name));
    }
  }

  private static boolean matches(List<@Nullable String> row, LoginRole role) {
    return "t".equals(row.get(0)) && Integer.toString(limit(role)).equals(row.get(1))
        && String.join(",", groups(role)).equals(row.get(2))
        && Objects.equals(defaultRole(role), row.get(3));
  }

  private static String creation(LoginRole role) {
    String name = Sql.identifier(role.name());
    return "CREATE ROLE " + name + " IN ROLE " + String.join(", ", groups(role)) + ";"
        + settings(role, name);
  }

  private static String revocation(List<@Nullable String> row, String name) {
    String groups = row.get(2);
    return groups == null ? "" : "REVOKE " + groups + " FROM " + name + ";";
  }

  private static String settings(LoginRole role, String name) {
    return "ALTER ROLE " + name + (defaultRole(role) == null
        ? " RESET role;"
        : " SET role TO " + RoleNames.OWNER + ";")
        + "ALTER ROLE " + name + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
        + " NOBYPASSRLS INHERIT PASSWORD NULL CONNECTION LIMIT " + limit(role);
  }

  private static @Nullable String defaultRole(LoginRole role) {
    return switch (role.mode()) {
      case DDL -> "role=" + RoleNames.OWNER;
      case RW, RO -> null;
    };
  }

  /** In alphabetical order. */
  private static Set<String> groups(LoginRole role) {
    return new TreeSet<>(switch (role.mode()) {
      case DDL -> Set.of(RoleNames.AGENTS, RoleNames.OWNER);
      case RW -> Set.of(RoleNames.AGENTS, "pg_read_all_data", "pg_write_all_data");
      case RO -> Set.of(RoleNames.AGENTS, "pg_read_all_data");
    });
  }

  private static int limit(LoginRole role) {
    return role.connectionLimit() > 0 ? role.connectionLimit() : -1;
  }
}
