package dev.reveille.proxy.console;

import java.util.ArrayList;
import java.util.List;

/** What SHOW HELP says. */
final class Help {
  private static final List<List<String>> LINES = List.of(
      List.of("CREATE DATABASE name", "a new, empty database"),
      List.of("CREATE DATABASE name TEMPLATE other", "a branch of another database as it is now"),
      List.of("CREATE DATABASE name TEMPLATE \"other@checkpoint\"", "a branch of a checkpoint"),
      List.of("CREATE DATABASE name … TTL '2 h' SUSPEND_AFTER '60 s'",
          "with a lifetime and an idle time of its own"),
      List.of("DROP DATABASE [IF EXISTS] name [WITH (FORCE)]",
          "deletes it; with FORCE although it has sessions"),
      List.of("ALTER DATABASE name RENAME TO other", "gives it another name"),
      List.of("ALTER DATABASE name SET (ttl = '3 d', suspend_after = '5 min')",
          "prolongs or shortens its life, or says ttl = never"),
      List.of("CHECKPOINT name [AS checkpoint]",
          "keeps what it is now, to branch from or go back to"),
      List.of("DROP CHECKPOINT name@checkpoint", "deletes a checkpoint"),
      List.of("RESTORE DATABASE name FROM checkpoint",
          "makes it what it was; what it is now is kept as a checkpoint"),
      List.of("SUSPEND name", "stops its compute, if nobody is at work"),
      List.of("WAKE name", "starts its compute"),
      List.of(
          "SHOW DATABASES | CHECKPOINTS | CREDENTIALS | CELLS | COMPUTES | SESSIONS | BUDGETS | USAGE",
          "what the account has"),
      List.of("SHOW POOLS | CLIENTS | SERVERS | STATS | VERSION",
          "the same for tools that know PgBouncer"),
      List.of("SELECT … FROM reveille.databases, reveille.events, …",
          "the same and more as tables, with all of SQL"));

  private Help() {
  }

  static List<MirrorRow> rows() {
    List<MirrorRow> rows = new ArrayList<>();
    for (List<String> line : LINES) {
      rows.add(MirrorRow.of(rows.size() + 1, line.get(0), line.get(1)));
    }
    return rows;
  }
}
