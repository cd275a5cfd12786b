package dev.reveille.proxy.operations;

import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Names of databases for people to read. */
final class DatabaseNames {
  private DatabaseNames() {
  }

  /** The name of each of these; of any other its id. */
  static Function<DatabaseId, String> of(List<DatabaseRecord> databases) {
    Map<DatabaseId, String> names = new HashMap<>();
    databases.forEach(one -> names.put(one.route().database(), one.route().name()));
    return id -> names.getOrDefault(id, id.toString());
  }
}
