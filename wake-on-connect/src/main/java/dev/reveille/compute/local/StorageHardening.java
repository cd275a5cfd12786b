package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What every storage has before its first user: the roles, the unnamed database, and the privileges
 * taken from PUBLIC. Written into the template, so that every copy has it from its first moment.
 */
final class StorageHardening {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Writers of large objects: PUBLIC may call them in a stock Postgres, whatever else it may not. */
  private static final List<String> LARGE_OBJECT_WRITERS = List.of("lo_create(oid)",
      "lo_creat(integer)", "lo_from_bytea(oid, bytea)", "lo_put(oid, bigint, bytea)",
      "lowrite(integer, bytea)", "lo_open(oid, integer)", "lo_truncate(integer, integer)",
      "lo_truncate64(integer, bigint)", "lo_unlink(oid)");

  private StorageHardening() {
  }

  static void apply(Path socket) throws IOException {
    try (AdminConnection admin = AdminConnection.open(socket, RoleNames.ADMIN,
        RoleNames.ADMIN_DATABASE, LIMIT)) {
      admin.execute("CREATE ROLE reveille_owner NOLOGIN");
      admin.execute("CREATE ROLE reveille_agents NOLOGIN");
      admin.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC");
      harden(admin);
    }
    try (AdminConnection admin = AdminConnection.open(socket, RoleNames.ADMIN, "template1",
        LIMIT)) {
      harden(admin);
      CallableRoutines.install(admin);
    }
    try (AdminConnection admin = AdminConnection.open(socket, RoleNames.ADMIN,
        RoleNames.ADMIN_DATABASE, LIMIT)) {
      admin.execute("CREATE DATABASE reveille_unnamed OWNER reveille_owner");
      admin.execute("REVOKE ALL ON DATABASE reveille_unnamed FROM PUBLIC");
      admin.execute("GRANT CONNECT ON DATABASE reveille_unnamed TO reveille_agents");
    }
  }

  /**
   * Per database: functions and large objects. What a trusted extension brings belongs to the
   * superuser and stays callable: its types would be useless otherwise.
   */
  private static void harden(AdminConnection admin) throws IOException {
    admin.execute("REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA public FROM PUBLIC");
    admin.execute("ALTER DEFAULT PRIVILEGES FOR ROLE " + RoleNames.OWNER
        + " REVOKE EXECUTE ON ROUTINES FROM PUBLIC");
    for (String function : LARGE_OBJECT_WRITERS) {
      admin.execute("REVOKE EXECUTE ON FUNCTION pg_catalog." + function + " FROM PUBLIC");
      admin.execute(
          "GRANT EXECUTE ON FUNCTION pg_catalog." + function + " TO " + RoleNames.OWNER);
    }
  }
}
