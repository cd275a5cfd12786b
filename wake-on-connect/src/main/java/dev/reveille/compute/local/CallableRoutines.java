package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.util.List;

/**
 * Which of an application's functions may be called by those who did not make them. By default nobody
 * else may call any (see {@link StorageHardening}), so that no {@code SECURITY DEFINER} function lends
 * its owner's rights to a reader. One that runs with its caller's rights lends nothing, and checks,
 * views and defaults that use it would fail for {@code rw} and {@code ro}: an event trigger opens such
 * functions to PUBLIC, as stock Postgres does, and closes them again if they become definer's.
 *
 * <p>
 * An owner may still grant EXECUTE on a definer's function by name, and revoke it on any other.
 * The trigger and its function are members of the extension {@code plpgsql}, which an owner can neither
 * change nor drop and pg_dump does not write.
 *
 * @see <a href="https://www.postgresql.org/docs/18/event-trigger-matrix.html">Event trigger matrix</a>
 */
final class CallableRoutines {
  private static final String FUNCTION = """
      CREATE FUNCTION pg_catalog.reveille_callable_routines() RETURNS event_trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        made record;
      BEGIN
        FOR made IN
          SELECT DISTINCT p.oid::regprocedure AS name, p.prosecdef AS definer
          FROM pg_event_trigger_ddl_commands() c
            JOIN pg_proc p ON c.classid = 'pg_proc'::regclass AND p.oid = c.objid
            JOIN pg_roles o ON o.oid = p.proowner AND NOT o.rolsuper
          WHERE p.prosecdef = EXISTS (
            SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            WHERE a.grantee = 0)
        LOOP
          IF made.definer THEN
            EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', made.name);
          ELSE
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', made.name);
          END IF;
        END LOOP;
      END $$""";
  private static final String TRIGGER = """
      CREATE EVENT TRIGGER reveille_callable_routines ON ddl_command_end
        WHEN TAG IN ('CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE PROCEDURE', 'ALTER PROCEDURE',
          'ALTER ROUTINE', 'CREATE AGGREGATE', 'ALTER AGGREGATE')
        EXECUTE FUNCTION pg_catalog.reveille_callable_routines()""";

  private static final String OPEN = """
      DO $do$
      DECLARE routine pg_catalog.regprocedure;
      BEGIN
        FOR routine IN SELECT p.oid FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_roles o ON o.oid = p.proowner AND NOT o.rolsuper
            WHERE NOT p.prosecdef LOOP
          EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', routine);
        END LOOP;
      END $do$""";

  private static final List<String> INSTALL = List.of(FUNCTION, TRIGGER,
      "ALTER EVENT TRIGGER reveille_callable_routines ENABLE ALWAYS",
      "ALTER EXTENSION plpgsql ADD FUNCTION pg_catalog.reveille_callable_routines()",
      "ALTER EXTENSION plpgsql ADD EVENT TRIGGER reveille_callable_routines", OPEN);

  private CallableRoutines() {
  }

  /** What {@link #install} says. */
  static List<String> statements() {
    return INSTALL;
  }

  static boolean installed(AdminConnection admin) throws IOException {
    return !admin.query("SELECT FROM pg_catalog.pg_event_trigger"
        + " WHERE evtname = 'reveille_callable_routines'").isEmpty();
  }

  /**
   * In the database of this connection, and in those that are made from it. Functions that are there
   * already become callable as if they had been made under it.
   */
  static void install(AdminConnection admin) throws IOException {
    for (String statement : INSTALL) {
      admin.execute(statement);
    }
  }
}
