package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.compute.Levers;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that decides what a role may do in one database, read at one moment, next to what it should be.
 *
 * @param exists whether there is such a role
 * @param attributes whether its attributes are those of a credential that may log in
 * @param groups the roles it is in
 * @param resets statements that take away levers which it has stored for its next sessions
 * @param owner whether anything belongs to it
 * @param extra whether it was granted what it should not have
 * @param grants statements that grant all that it should have and that can be granted now
 * @param missing those of them whose effect is not there
 */
record RoleReading(boolean exists, boolean attributes, Set<String> groups, List<String> resets,
    boolean owner, boolean extra, List<String> grants, List<String> missing) {

  /** After a group's name, where the role may let others into it. */
  static final String WITH_ADMIN = " with admin option";

  private static final String ROLE = """
      SELECT 'attributes', (r.rolcanlogin AND r.rolinherit AND r.rolconnlimit = :limit
          AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
            OR r.rolbypassrls) AND r.rolpassword IS NULL
          AND coalesce(r.rolvaliduntil, 'infinity') = 'infinity')::text
        FROM pg_authid r WHERE r.rolname = :role
      UNION ALL
      SELECT 'group', g.rolname || CASE WHEN m.admin_option THEN ' with admin option' ELSE '' END
        FROM pg_auth_members m JOIN pg_authid r ON r.oid = m.member
        JOIN pg_authid g ON g.oid = m.roleid WHERE r.rolname = :role
      UNION ALL
      SELECT 'reset', format('ALTER ROLE %I', r.rolname)
          || CASE WHEN d.datname IS NULL THEN '' ELSE format(' IN DATABASE %I', d.datname) END
          || format(' RESET %I', lower(split_part(c, '=', 1)))
        FROM pg_db_role_setting s JOIN pg_authid r ON r.oid = s.setrole
        LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
        WHERE r.rolname = :role AND lower(split_part(c, '=', 1)) = ANY (:levers)
        AND NOT (s.setdatabase = 0 AND c = :default)
      UNION ALL
      SELECT 'default', '' FROM pg_db_role_setting s JOIN pg_authid r ON r.oid = s.setrole
        WHERE r.rolname = :role AND s.setdatabase = 0 AND :default = ANY (s.setconfig)
      UNION ALL
      SELECT 'owner', '' WHERE EXISTS (SELECT FROM pg_shdepend d JOIN pg_authid r
        ON r.oid = d.refobjid WHERE d.refclassid = 'pg_authid'::regclass AND r.rolname = :role
        AND d.deptype = 'o' AND d.dbid IN (0, (SELECT oid FROM pg_database
          WHERE datname = current_database())))""";

  /** What is read where there is no such role yet. */
  static RoleReading nothing() {
    return new RoleReading(false, false, Set.of(), List.of(), false, false, List.of(), List.of());
  }

  static RoleReading of(AdminConnection admin, LoginRole role) throws IOException {
    String name = Sql.literal(role.name());
    String sql = ROLE.replace(":role", name)
        .replace(":limit", Integer.toString(limit(role)))
        .replace(":default", Sql.literal(role.mode() == Mode.DDL
            ? "role=" + RoleNames.OWNER
            : "nothing"))
        .replace(":levers", "ARRAY['" + String.join("', '", Levers.NAMES) + "']")
        + (role.mode() == Mode.DDL ? "" : ";" + ObjectGrants.comparison(role));
    boolean exists = false;
    boolean attributes = false;
    boolean owner = false;
    boolean extra = false;
    boolean becomesOwner = false;
    Set<String> groups = new TreeSet<>();
    List<String> resets = new ArrayList<>();
    List<String> grants = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (List<@Nullable String> row : admin.query(sql)) {
      String text = String.valueOf(row.get(1));
      switch (String.valueOf(row.get(0))) {
        case "attributes" -> {
          exists = true;
          attributes = text.equals("true");
        }
        case "group" -> groups.add(text);
        case "reset" -> resets.add(text);
        case "default" -> becomesOwner = true;
        case "owner" -> owner = true;
        case "extra" -> extra = true;
        case "grant" -> grants.add(text);
        case "missing" -> {
          grants.add(text);
          missing.add(text);
        }
        default -> {
          // Listed and not there: granted when it is.
        }
      }
    }
    boolean settled = becomesOwner == (role.mode() == Mode.DDL);
    return new RoleReading(exists, attributes && settled, groups, resets, owner, extra, grants,
        missing);
  }

  /** Whether the role is what it should be. What an owner's role owns is its own affair. */
  boolean matches(LoginRole role) {
    return exists && attributes && groups.equals(groups(role)) && resets.isEmpty()
        && missing.isEmpty() && !extra && (role.mode() == Mode.DDL || !owner);
  }

  /** A role with a list is in no group that reads or writes everything. */
  static Set<String> groups(LoginRole role) {
    boolean everything = role.objects() instanceof ObjectScope.All;
    return new TreeSet<>(switch (role.mode()) {
      case DDL -> Set.of(RoleNames.AGENTS, RoleNames.OWNER);
      case RW ->
        everything ? Set.of(RoleNames.AGENTS, RoleNames.WRITERS) : Set.of(RoleNames.AGENTS);
      case RO ->
        everything ? Set.of(RoleNames.AGENTS, RoleNames.READERS) : Set.of(RoleNames.AGENTS);
    });
  }

  static int limit(LoginRole role) {
    return role.connectionLimit() > 0 ? role.connectionLimit() : -1;
  }
}
