package dev.reveille.proxy.app;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellLoad;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.Computes;
import dev.reveille.compute.local.LocalProvider;
import dev.reveille.proxy.http.Readiness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code reveille status} shows. Its JSON form is this map. */
final class StatusReport {
  private StatusReport() {
  }

  static Map<String, Object> of(String version, Instant since, Home home, List<String> listeners,
      String http, Readiness readiness, Catalog catalog, Cells cells, Computes computes,
      int sessions) {
    List<Readiness.Check> checks = readiness.checks();
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("version", version);
    report.put("pid", ProcessHandle.current().pid());
    report.put("since", since.toString());
    report.put("home", home.root().toString());
    report.put("listeners", listeners);
    report.put("http", http);
    report.put("ready", checks.stream().allMatch(Readiness.Check::ok));
    report.put("checks", checks);
    report.put("sessions", sessions);
    report.put("cells", cells(catalog, cells));
    report.put("computes", computes.statuses().stream().map(StatusReport::compute).toList());
    return report;
  }

  private static List<Object> cells(Catalog catalog, Cells here) {
    List<Object> cells = new ArrayList<>();
    try {
      for (CellLoad load : catalog.cellLoads()) {
        Map<String, Object> cell = new LinkedHashMap<>();
        cell.put("id", load.cell().id().value());
        cell.put("state", load.cell().state().word());
        cell.put("kind", load.cell().provider());
        cell.put("databases", load.databases());
        cell.put("capacity", load.cell().capacity());
        if (here.providers().get(load.cell().id()) instanceof LocalProvider local) {
          cell.put("prepared", local.prepared().running() + local.prepared().copies());
        }
        cells.add(cell);
      }
    } catch (CatalogException e) {
      return List.of();
    }
    return cells;
  }

  private static Map<String, Object> compute(ComputeStatus status) {
    Map<String, Object> compute = new LinkedHashMap<>();
    compute.put("database", status.name());
    compute.put("id", status.database().toString());
    compute.put("cell", status.cell().value());
    compute.put("state", status.state());
    compute.put("epoch", status.epoch());
    compute.put("sessions", status.sessions());
    compute.put("waiters", status.waiters());
    if (status.processId().isPresent()) {
      compute.put("pid", status.processId().getAsLong());
    }
    return compute;
  }
}
