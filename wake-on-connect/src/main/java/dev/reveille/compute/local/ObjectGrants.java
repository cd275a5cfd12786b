package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.TableName;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.Sql;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The query that compares what a role was granted in the present database with what its list of
 * schemas and tables says. Rows are a word and a text: {@code grant} with a statement that gives
 * what is there to be given, {@code missing} with one whose effect is not there yet, {@code extra}
 * for what was given and is not on the list, {@code absent} for what is listed and does not exist.
 * Privileges are PostgreSQL's own (chapter "Privileges", table 5.2).
 */
final class ObjectGrants {
  private static final List<String> READ = List.of("SELECT");
  private static final List<String> WRITE = List.of("SELECT", "INSERT", "UPDATE", "DELETE");
  private static final List<String> COUNT = List.of("SELECT", "USAGE");

  private static final Pattern PLACE = Pattern.compile("(?<!:):([a-zA-Z]+)");

  private static final String COMPARE = """
      WITH me AS (SELECT oid FROM pg_roles WHERE rolname = :role),
      schema_list(nspname) AS (SELECT unnest(:schemas)),
      table_list(nspname, relname) AS (SELECT * FROM unnest(:tableSchemas, :tableNames)),
      space AS (SELECT n.oid, n.nspname::text FROM pg_namespace n
        WHERE n.nspname IN (SELECT nspname FROM schema_list)),
      relation AS (SELECT c.oid, n.nspname, c.relname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (
          n.nspname IN (SELECT nspname FROM schema_list)
          OR (n.nspname::text, c.relname::text) IN (SELECT nspname, relname FROM table_list))),
      counter AS (SELECT c.oid, n.nspname, c.relname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND (n.nspname IN (SELECT nspname FROM schema_list)
          OR c.oid IN (SELECT d.objid FROM pg_depend d JOIN relation ON relation.oid = d.refobjid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')))),
      usable AS (SELECT oid, nspname::text FROM pg_namespace WHERE nspname IN (
        SELECT nspname FROM schema_list UNION SELECT nspname FROM table_list)),
      later AS (SELECT space.oid, space.nspname, kind, what, d.oid AS entry FROM space
        CROSS JOIN (VALUES ('r', 'TABLES'), ('S', 'SEQUENCES')) AS kinds(kind, what)
        LEFT JOIN pg_default_acl d ON d.defaclnamespace = space.oid AND d.defaclobjtype = kind
          AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = 'reveille_owner')),
      wanted(class, object, privileges, statement) AS (
        SELECT 'pg_class'::regclass, oid, :onTables, format('GRANT %s ON TABLE %I.%I TO %I',
          array_to_string(:onTables, ', '), nspname, relname, :role) FROM relation
        UNION ALL
        SELECT 'pg_class'::regclass, oid, :onSequences, format('GRANT %s ON SEQUENCE %I.%I TO %I',
          array_to_string(:onSequences, ', '), nspname, relname, :role) FROM counter
        UNION ALL
        SELECT 'pg_namespace'::regclass, oid, ARRAY['USAGE'], format('GRANT USAGE ON SCHEMA %I TO %I',
          nspname, :role) FROM usable
        UNION ALL
        SELECT 'pg_default_acl'::regclass, entry,
          CASE kind WHEN 'r' THEN :onTables ELSE :onSequences END, format(
          'ALTER DEFAULT PRIVILEGES FOR ROLE reveille_owner IN SCHEMA %I GRANT %s ON %s TO %I',
          nspname, array_to_string(CASE kind WHEN 'r' THEN :onTables ELSE :onSequences END, ', '),
          what, :role) FROM later),
      given AS (SELECT d.classid, d.objid, d.objsubid FROM pg_shdepend d JOIN me
        ON d.refobjid = me.oid WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'a'
        AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
      acl(class, object, list) AS (
        SELECT 'pg_class'::regclass, oid, relacl FROM pg_class
          WHERE oid IN (SELECT objid FROM given WHERE classid = 'pg_class'::regclass)
        UNION ALL SELECT 'pg_namespace'::regclass, oid, nspacl FROM pg_namespace
          WHERE oid IN (SELECT objid FROM given WHERE classid = 'pg_namespace'::regclass)
        UNION ALL SELECT 'pg_default_acl'::regclass, oid, defaclacl FROM pg_default_acl
          WHERE oid IN (SELECT objid FROM given WHERE classid = 'pg_default_acl'::regclass)),
      actual(class, object, privileges) AS (SELECT class, object, array_agg(
          a.privilege_type || CASE WHEN a.is_grantable THEN ' and to give it' ELSE '' END)
        FROM acl, aclexplode(acl.list) a WHERE a.grantee = (SELECT oid FROM me)
        GROUP BY class, object)
      SELECT CASE WHEN actual.privileges @> wanted.privileges THEN 'grant' ELSE 'missing' END,
        wanted.statement FROM wanted LEFT JOIN actual
        ON actual.class = wanted.class AND actual.object = wanted.object
      UNION ALL
      SELECT 'extra', format('%s %s', actual.class, actual.object) FROM actual LEFT JOIN wanted
        ON actual.class = wanted.class AND actual.object = wanted.object
        WHERE wanted.object IS NULL OR NOT wanted.privileges @> actual.privileges
      UNION ALL
      SELECT 'extra', format('%s %s', classid::regclass, objid) FROM given WHERE objsubid <> 0
        OR classid NOT IN ('pg_class'::regclass, 'pg_namespace'::regclass,
          'pg_default_acl'::regclass)
      UNION ALL
      SELECT 'absent', nspname FROM schema_list WHERE nspname NOT IN (SELECT nspname FROM space)
      UNION ALL
      SELECT 'absent', relname FROM table_list WHERE NOT EXISTS (SELECT FROM relation
        WHERE relation.nspname = table_list.nspname AND relation.relname = table_list.relname)""";

  private ObjectGrants() {
  }

  /** For a role that is not the owner; without a list there is nothing to be granted. */
  static String comparison(LoginRole role) {
    Set<String> schemas = new TreeSet<>();
    Set<TableName> tables = new TreeSet<>();
    if (role.objects() instanceof ObjectScope.Only only) {
      schemas.addAll(only.schemas());
      tables.addAll(only.tables());
    }
    boolean writes = role.mode() == Mode.RW;
    Map<String, String> values = Map.of("role", Sql.literal(role.name()),
        "onTables", array(writes ? WRITE : READ), "onSequences", array(writes ? COUNT : READ),
        "schemas", array(schemas),
        "tableSchemas", array(tables.stream().map(TableName::schema).toList()),
        "tableNames", array(tables.stream().map(TableName::table).toList()));
    // In one pass: what was put in may look like a place for something else.
    return PLACE.matcher(COMPARE)
        .replaceAll(place -> Matcher.quoteReplacement(
            Objects.requireNonNull(values.get(place.group(1)))));
  }

  private static String array(Collection<String> texts) {
    return "ARRAY[" + String.join(", ", texts.stream().map(Sql::literal).toList()) + "]::text[]";
  }
}
