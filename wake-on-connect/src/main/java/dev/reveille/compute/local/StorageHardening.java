package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What every storage has before its first user: the roles, the unnamed database, and the privileges
 * taken from PUBLIC. Written into the template, so that every copy has it from its first moment; a
 * storage made by an earlier version of this is brought to the present one before anyone logs in.
 * Which one it has is said in a comment on the owner role, which no agent can write. Blocking.
 */
final class StorageHardening {
  /** Raise it when what follows changes. Part of the template's name as well. */
  static final int REVISION = 5;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String MARK = "reveille hardening " + REVISION;

  /**
   * What PUBLIC may call in a stock Postgres and writes, whatever else it may not: large objects, and
   * messages of any size into the write-ahead log.
   */
  private static final List<String> WRITERS = List.of("lo_create", "lo_creat", "lo_from_bytea",
      "lo_put", "lowrite", "lo_open", "lo_truncate", "lo_truncate64", "lo_unlink",
      "pg_logical_emit_message");

  private static final String ROLES = """
      DO $do$
      DECLARE wanted text;
      BEGIN
        FOREACH wanted IN ARRAY ARRAY['reveille_owner', 'reveille_agents', 'reveille_readers',
            'reveille_writers'] LOOP
          IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I', wanted);
          END IF;
          EXECUTE pg_catalog.format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE'
            ' NOREPLICATION NOBYPASSRLS INHERIT PASSWORD NULL', wanted);
        END LOOP;
        FOR wanted IN SELECT datname FROM pg_catalog.pg_database
            WHERE datname IN ('postgres', 'template1') LOOP
          EXECUTE pg_catalog.format('REVOKE ALL ON DATABASE %I FROM PUBLIC', wanted);
        END LOOP;
        -- Of the owner of a database's making, and only in these versions.
        IF pg_catalog.current_setting('server_version_num')::int >= 170000 THEN
          ALTER ROLE reveille_admin SET transaction_timeout = 0;
          ALTER ROLE reveille_admin SET event_triggers = on;
        END IF;
      END $do$;
      GRANT pg_read_all_data TO reveille_readers;
      GRANT reveille_readers, pg_write_all_data TO reveille_writers;
      -- With these an owner would see into and end other agents' sessions. Without them it reaches
      -- its own other ones after SET ROLE none.
      REVOKE pg_read_all_stats, pg_signal_backend FROM reveille_owner""";

  /**
   * Databases are made by copying storages and never inside of one: Postgres's own templates would be
   * half of its files, for nothing.
   */
  private static final List<String> DATABASES = List.of(
      "CREATE DATABASE " + RoleNames.UNNAMED + " OWNER " + RoleNames.OWNER + " STRATEGY file_copy",
      "ALTER DATABASE template1 IS_TEMPLATE false", "DROP DATABASE template1",
      "ALTER DATABASE template0 IS_TEMPLATE false", "DROP DATABASE template0");

  private StorageHardening() {
  }

  /** The texts that {@link #create} depends on. */
  static List<String> recipe() {
    List<String> recipe = new ArrayList<>(List.of(MARK, ROLES, routines()));
    recipe.addAll(DATABASES);
    recipe.addAll(CallableRoutines.statements());
    return recipe;
  }

  /** Makes a freshly initialised storage what the template is. */
  static void create(Path socket) throws IOException {
    roles(socket);
    try (AdminConnection admin = Administration.open(socket, LIMIT)) {
      for (String statement : DATABASES) {
        admin.execute(statement);
      }
    }
    database(socket, RoleNames.UNNAMED);
    finish(socket, RoleNames.UNNAMED);
  }

  /**
   * Does again whatever an earlier version did not do.
   *
   * @param admin a session in {@code database}
   * @return whether anything had to be done
   */
  static boolean renew(AdminConnection admin, Path socket, String database) throws IOException {
    String mark = admin.query("SELECT pg_catalog.shobj_description(r.oid, 'pg_authid')"
        + " FROM pg_catalog.pg_roles r WHERE r.rolname = '" + RoleNames.OWNER + "'")
        .stream()
        .map(row -> String.valueOf(row.getFirst()))
        .findFirst()
        .orElse("");
    if (mark.equals(MARK)) {
      return false;
    }
    roles(socket);
    database(socket, database);
    finish(socket, database);
    return true;
  }

  private static void roles(Path socket) throws IOException {
    try (AdminConnection admin = Administration.open(socket, LIMIT)) {
      admin.execute(ROLES);
      admin.execute(routines());
    }
  }

  private static void database(Path socket, String name) throws IOException {
    try (AdminConnection admin = Administration.open(socket, name, LIMIT)) {
      if (!CallableRoutines.installed(admin)) {
        CallableRoutines.install(admin);
      }
      admin.execute(routines());
    }
  }

  /** The mark comes last: with it goes the promise that all the rest is done. */
  private static void finish(Path socket, String database) throws IOException {
    String name = Sql.identifier(database);
    try (AdminConnection admin = Administration.open(socket, LIMIT)) {
      admin.execute("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC;"
          + "GRANT CONNECT ON DATABASE " + name + " TO " + RoleNames.AGENTS + ";"
          + "COMMENT ON ROLE " + RoleNames.OWNER + " IS " + Sql.literal(MARK));
    }
  }

  /**
   * Per database. What an extension brings belongs to the superuser and stays callable: its types
   * would be useless otherwise.
   */
  private static String routines() {
    return """
        DO $do$
        DECLARE routine pg_catalog.regprocedure;
        BEGIN
          FOR routine IN SELECT p.oid FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
              WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid
                AND d.deptype = 'e' AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass) LOOP
            EXECUTE pg_catalog.format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', routine);
          END LOOP;
          FOR routine IN SELECT p.oid FROM pg_catalog.pg_proc p
              WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
              AND p.proname = ANY (ARRAY[:writers]) LOOP
            EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
            EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO reveille_owner', routine);
          END LOOP;
        END $do$;
        ALTER DEFAULT PRIVILEGES FOR ROLE reveille_owner
          REVOKE EXECUTE ON ROUTINES FROM PUBLIC"""
        .replace(":writers", "'" + String.join("', '", WRITERS) + "'");
  }
}
