package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import dev.reveille.compute.admin.SqlFailedException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a role when its credential has ended, over a session in the agents' database. */
final class EndedRoles {
  private static final Logger LOG = LoggerFactory.getLogger(EndedRoles.class);

  /** How long a backend may take to go, in milliseconds. */
  private static final int PATIENCE = 5_000;

  private EndedRoles() {
  }

  static void end(AdminConnection admin, Set<String> roles) throws IOException {
    for (String role : roles) {
      admin.execute("ALTER ROLE " + Sql.identifier(role) + " NOLOGIN");
    }
    IOException failure = null;
    for (String role : roles) {
      try {
        terminate(admin, Set.of(role));
        String name = Sql.identifier(role);
        admin.execute("REASSIGN OWNED BY " + name + " TO " + RoleNames.OWNER + ";DROP OWNED BY "
            + name + ";DROP ROLE " + name);
        LOG.debug("role dropped credential={}", role);
      } catch (SqlFailedException e) {
        LOG.warn("role stays without a login credential={} sqlstate={}", role, e.sqlState());
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Ends the sessions of roles that cannot log in any more, and waits until they are gone. */
  static void terminate(AdminConnection admin, Set<String> roles) throws IOException {
    String names = roles.stream().map(Sql::literal).collect(Collectors.joining(", "));
    List<List<@Nullable String>> ended = admin.query("SELECT pg_terminate_backend(pid, " + PATIENCE
        + ") FROM pg_stat_activity WHERE usename IN (" + names + ")");
    if (ended.stream().anyMatch(row -> "f".equals(row.getFirst()))) {
      LOG.warn("a session of an ended role is slow to go credentials={}", roles);
    }
  }

  /** Makes the owner role the owner of what members of it own themselves. */
  static void handOver(AdminConnection admin) throws IOException {
    String owners = admin.query("""
        SELECT DISTINCT quote_ident(r.rolname) FROM pg_shdepend d JOIN pg_roles r
          ON r.oid = d.refobjid JOIN pg_auth_members m ON m.member = r.oid
          JOIN pg_roles g ON g.oid = m.roleid
        WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
          AND d.classid <> 'pg_default_acl'::regclass AND g.rolname = 'reveille_owner'
          AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())""")
        .stream()
        .map(row -> String.valueOf(row.getFirst()))
        .collect(Collectors.joining(", "));
    if (!owners.isEmpty()) {
      try {
        admin.execute("REASSIGN OWNED BY " + owners + " TO " + RoleNames.OWNER);
      } catch (SqlFailedException e) {
        LOG.debug("not handed to the owner yet sqlstate={}", e.sqlState());
      }
    }
  }
}
