package dev.reveille.proxy.console;

import java.util.Set;

/**
 * Key words that cannot name a database without quotes (Postgres documentation, appendix C; the
 * categories RESERVED_KEYWORD and TYPE_FUNC_NAME_KEYWORD of parser/kwlist.h).
 */
final class Keywords {
  private static final Set<String> RESERVED = Set.of("all", "analyse", "analyze", "and", "any",
      "array", "as", "asc", "asymmetric", "both", "case", "cast", "check", "collate", "column",
      "constraint", "create", "current_catalog", "current_date", "current_role", "current_time",
      "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do",
      "else", "end", "except", "false", "fetch", "for", "foreign", "from", "grant", "group",
      "having", "in", "initially", "intersect", "into", "lateral", "leading", "limit",
      "localtime", "localtimestamp", "not", "null", "offset", "on", "only", "or", "order",
      "placing", "primary", "references", "returning", "select", "session_user", "some",
      "symmetric", "system_user", "table", "then", "to", "trailing", "true", "union", "unique",
      "user", "using", "variadic", "when", "where", "window", "with");

  private static final Set<String> TYPES_AND_FUNCTIONS = Set.of("authorization", "binary",
      "collation", "concurrently", "cross", "current_schema", "freeze", "full", "ilike", "inner",
      "is", "isnull", "join", "left", "like", "natural", "notnull", "outer", "overlaps", "right",
      "similar", "tablesample", "verbose");

  /** Of Postgres 18; those that begin an option of CREATE DATABASE are left out. */
  private static final Set<String> OTHERS = Set.of("""
      abort absent absolute access action add admin after aggregate also alter always asensitive
      assertion assignment at atomic attach attribute backward before begin between bigint bit
      boolean breadth by cache call called cascade cascaded catalog chain char character
      characteristics checkpoint class close cluster coalesce columns comment comments commit
      committed compression conditional configuration conflict constraints content continue
      conversion copy cost csv cube current cursor cycle data database day deallocate dec decimal
      declare defaults deferred definer delete delimiter delimiters depends depth detach
      dictionary disable discard document domain double drop each empty enable encrypted enforced
      enum error escape event exclude excluding exclusive execute exists explain expression
      extension external extract family filter finalize first float following force format forward
      function functions generated global granted greatest grouping groups handler header hold
      hour identity if immediate immutable implicit import include including increment indent
      index indexes inherit inherits inline inout input insensitive insert instead int integer
      interval invoker isolation json json_array json_arrayagg json_exists json_object
      json_objectagg json_query json_scalar json_serialize json_table json_value keep key keys
      label language large last leakproof least level listen load local lock locked logged mapping
      match matched materialized maxvalue merge merge_action method minute minvalue mode month
      move name names national nchar nested new next nfc nfd nfkc nfkd no none normalize
      normalized nothing notify nowait nullif nulls numeric object objects of off oids old omit
      operator option options ordinality others out over overlay overriding owned parallel
      parameter parser partial partition passing password path period plan plans policy position
      preceding precision prepare prepared preserve prior privileges procedural procedure
      procedures program publication quote quotes range read real reassign recursive ref
      referencing refresh reindex relative release rename repeatable replace replica reset restart
      restrict return returns revoke role rollback rollup routine routines row rows rule savepoint
      scalar schema schemas scroll search second security sequence sequences serializable server
      session set setof sets share show simple skip smallint snapshot source sql stable standalone
      start statement statistics stdin stdout storage stored strict string strip subscription
      substring support sysid system tables target temp temporary text ties time timestamp
      transaction transform treat trigger trim truncate trusted type types uescape unbounded
      uncommitted unconditional unencrypted unknown unlisten unlogged until update vacuum valid
      validate validator value values varchar varying version view views virtual volatile
      whitespace within without work wrapper write xml xmlattributes xmlconcat xmlelement
      xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable year yes zone
      """.strip().split("\\s+", -1));

  private Keywords() {
  }

  /** Whether a word may be a ColId of the grammar. */
  static boolean canBeName(String word) {
    return !RESERVED.contains(word) && !TYPES_AND_FUNCTIONS.contains(word);
  }

  /** Whether a word may be a createdb_opt_name of the grammar. */
  static boolean canBeOption(String word) {
    return canBeName(word) && !OTHERS.contains(word);
  }

  /** Whether a word may be a NonReservedWord of the grammar. */
  static boolean canBeValue(String word) {
    return !RESERVED.contains(word);
  }
}
