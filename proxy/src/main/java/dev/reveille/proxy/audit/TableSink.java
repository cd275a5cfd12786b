package dev.reveille.proxy.audit;

import dev.reveille.cell.AuditTable;
import dev.reveille.cell.CatalogUnavailableException;
import java.util.List;

/** The table in the catalog. While the catalog is away, what waits is bounded by the lane. */
final class TableSink implements AuditSink {
  private final AuditTable table;
  private final String instance;

  TableSink(AuditTable table, String instance) {
    this.table = table;
    this.instance = instance;
  }

  @Override
  public String name() {
    return "table";
  }

  /** Numbers make a repeated batch harmless: an answer may be lost after the rows were kept. */
  @Override
  public boolean keep(List<Noted> batch) {
    try {
      table.record(batch.stream().map(noted -> Entries.entry(noted, instance)).toList());
      return true;
    } catch (CatalogUnavailableException e) {
      return false;
    }
  }

  @Override
  public void close() {
    // The catalog is closed by who opened it.
  }
}
