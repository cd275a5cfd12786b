package dev.reveille.proxy.undo;

import dev.reveille.cell.Credential;

/** Takes the checkpoint of a database. */
@FunctionalInterface
public interface CheckpointTaker {
  /**
   * Blocks until it is there.
   *
   * @param who for whom, for the audit
   * @return its name
   * @throws NoCheckpoint when there is none
   */
  String take(Credential who, String database);
}
