package dev.reveille.cell;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The record of checkpoints. As {@link Catalog}: every method blocks, for a short and bounded time. */
public interface CheckpointTable {

  /**
   * Records a checkpoint whose storage is still to be made; only {@link #markCheckpointReady} lets it
   * be found.
   *
   * @throws NameTakenException when the database has one of that name
   */
  void createCheckpoint(Checkpoint checkpoint);

  /** Its storage is whole. Without effect on one that is being dropped. */
  void markCheckpointReady(CheckpointId checkpoint, long bytes);

  /**
   * The checkpoint of a database with this name, also of one that has been dropped; of several that
   * had the name, that of the newest database. Bases are found like all others.
   */
  Optional<Checkpoint> checkpoint(AccountId account, String databaseName, String name);

  /** All of the account that are ready, newest first; no bases. */
  List<Checkpoint> checkpoints(AccountId account);

  /** Those of a database that are ready, newest first; no bases. */
  List<Checkpoint> checkpointsOf(DatabaseId database);

  /** The bases of the account's branches that are ready, newest first. */
  List<Checkpoint> bases(AccountId account);

  /** The bases of a branch that are ready or being made, newest first. */
  List<Checkpoint> basesOf(DatabaseId branch);

  /** From now on it is not found; call {@link #forgetCheckpoint} when its storage is gone. */
  void dropCheckpoint(CheckpointId checkpoint);

  /** Removes the record of one that is being made or dropped; never of a ready one. */
  void forgetCheckpoint(CheckpointId checkpoint);

  /** When it goes by itself; empty for never. */
  void setCheckpointExpiry(CheckpointId checkpoint, Optional<Instant> expiresAt);

  /** Those that are being made or dropped: the unfinished work to take up at a start. */
  List<Checkpoint> unfinishedCheckpoints();

  /** Those in these cells whose time has come, oldest first. */
  List<Checkpoint> expiredCheckpoints(Collection<CellId> cells, Instant now, int limit);
}
