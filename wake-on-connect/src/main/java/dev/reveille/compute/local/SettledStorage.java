package dev.reveille.compute.local;

import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import dev.reveille.compute.admin.SqlFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is inside a storage in line with what the catalog says of it, on a compute that nobody
 * else has heard of yet: the database gets the name of its route, and a clone loses the login roles of
 * the database that it was cloned from. Each step may be repeated; the marks that spare the next start
 * a look are written after what they tell of. An ordinary start reads one small file. Blocking.
 */
final class SettledStorage {
  private static final Logger LOG = LoggerFactory.getLogger(SettledStorage.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private SettledStorage() {
  }

  static void settle(StorageDirectory storage, Path socket, String name) throws IOException {
    boolean cloned = Files.exists(storage.clonedMark());
    if (!cloned && name.equals(remembered(storage))) {
      return;
    }
    rename(socket, name);
    if (cloned) {
      try (AdminConnection admin = Administration.open(socket, name, LIMIT)) {
        dropRoles(admin);
      }
      Files.deleteIfExists(storage.clonedMark());
      FileTrees.syncDirectory(storage.root());
    }
    remember(storage, name);
  }

  /** To be called when the database inside has this name. Need not survive a crash. */
  static void remember(StorageDirectory storage, String name) throws IOException {
    Files.writeString(storage.settledMark(), name);
  }

  private static String remembered(StorageDirectory storage) throws IOException {
    return Files.exists(storage.settledMark()) ? Files.readString(storage.settledMark()) : "";
  }

  private static void rename(Path socket, String name) throws IOException {
    try (AdminConnection admin = Administration.open(socket, LIMIT)) {
      List<String> databases = admin.query("SELECT datname FROM pg_database"
          + " WHERE NOT datistemplate AND datname <> '" + RoleNames.ADMIN_DATABASE + "'")
          .stream()
          .map(row -> String.valueOf(row.getFirst()))
          .toList();
      if (databases.contains(name)) {
        return;
      }
      if (databases.size() != 1) {
        throw new ComputeFailedException("the storage does not hold one database",
            "found " + databases);
      }
      admin.execute("ALTER DATABASE " + Sql.identifier(databases.getFirst()) + " RENAME TO "
          + Sql.identifier(name));
      LOG.info("database renamed from={} to={}", databases.getFirst(), name);
    }
  }

  /** All at once; if one of them is in the way, one by one, and that one stays without a login. */
  private static void dropRoles(AdminConnection admin) throws IOException {
    Set<String> roles = LoginRoles.agents(admin);
    if (roles.isEmpty()) {
      return;
    }
    String names = roles.stream().map(Sql::identifier).collect(Collectors.joining(", "));
    try {
      admin.execute("REASSIGN OWNED BY " + names + " TO " + RoleNames.OWNER + ";DROP OWNED BY "
          + names + ";DROP ROLE " + names);
    } catch (SqlFailedException e) {
      LOG.warn("roles are dropped one by one sqlstate={}", e.sqlState());
      try {
        EndedRoles.end(admin, roles);
      } catch (SqlFailedException stays) {
        LOG.warn("a role of the parent stays without a login sqlstate={}", stays.sqlState());
      }
    }
  }
}
