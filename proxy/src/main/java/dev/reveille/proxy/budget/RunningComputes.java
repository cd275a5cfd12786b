package dev.reveille.proxy.budget;

import dev.reveille.cell.DatabaseId;
import dev.reveille.compute.ComputeStatus;
import java.util.List;

/** What a meter has to know of computes, and do to them. Any thread; must not block. */
public interface RunningComputes {
  /** Of each database that has been awake since the start. */
  List<ComputeStatus> statuses();

  /** Stops it if its sessions are at rest. */
  void suspend(DatabaseId database);
}
