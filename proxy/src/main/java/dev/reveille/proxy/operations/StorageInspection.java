package dev.reveille.proxy.operations;

import dev.reveille.cell.CellId;
import dev.reveille.cell.LifetimeTable.KnownStorage;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.StoredStorage;
import dev.reveille.proxy.operations.StorageFinding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the storages of our cells with what the catalog knows of them, while nothing is half done. A
 * storage that nothing has goes to the cell's trash, a record without a storage is dropped: both only
 * when repair is asked for, and only after the catalog has answered.
 */
final class StorageInspection {
  private static final Logger log = LoggerFactory.getLogger(StorageInspection.class);

  private final Ground ground;
  private final Checkpoints bases;

  StorageInspection(Ground ground, Checkpoints bases) {
    this.ground = ground;
    this.bases = bases;
  }

  /** To be called while nothing else changes anything. */
  List<StorageFinding> inspect(boolean repair) {
    List<StorageFinding> findings = new ArrayList<>();
    for (CellId cell : ground.cells()) {
      findings.addAll(inspect(cell, repair));
    }
    return findings;
  }

  private List<StorageFinding> inspect(CellId cell, boolean repair) {
    Map<StorageId, StoredStorage> stored = ground
        .await("looking at the storages of cell " + cell, ground.computes().storages(cell))
        .stream()
        .collect(Collectors.toMap(StoredStorage::id, Function.identity(), (a, b) -> a));
    Map<StorageId, KnownStorage> known = ground.catalog()
        .lifetimes()
        .knownStorages(cell)
        .stream()
        .collect(Collectors.toMap(KnownStorage::storage, Function.identity(), (a, b) -> a));
    List<StorageFinding> findings = new ArrayList<>();
    for (StoredStorage one : stored.values()) {
      if (kept(one) && !known.containsKey(one.id())) {
        StorageFinding found = new StorageFinding(cell.value(), Kind.ORPHAN_STORAGE,
            one.id().toString(), "", one.bytes(), "");
        findings.add(repair ? trashed(cell, one, found) : found);
      }
    }
    boolean anyThere = known.keySet().stream().anyMatch(stored::containsKey);
    for (KnownStorage one : known.values()) {
      if (one.settled() && !stored.containsKey(one.storage())) {
        StorageFinding found = new StorageFinding(cell.value(),
            one.checkpoint().isPresent()
                ? Kind.CHECKPOINT_WITHOUT_STORAGE
                : Kind.DATABASE_WITHOUT_STORAGE,
            one.storage().toString(), one.name(), 0, "");
        findings.add(repair ? dropped(one, found, anyThere || known.size() == 1) : found);
      }
    }
    return findings;
  }

  private static boolean kept(StoredStorage storage) {
    return switch (storage.use()) {
      case NAMED, ARCHIVED -> true;
      case PREPARED, CONSOLE, UNFINISHED -> false;
    };
  }

  private StorageFinding trashed(CellId cell, StoredStorage storage, StorageFinding found) {
    ground.await("the removal of a storage",
        ground.computes().deleteStorage(cell, storage.id()));
    log.atWarn().addKeyValue("storage", storage.id()).log("a storage that nothing had was deleted");
    return found.done("deleted");
  }

  /** A cell of which nothing at all is there is not empty: its disk is somewhere else. */
  private StorageFinding dropped(KnownStorage known, StorageFinding found, boolean believed) {
    if (!believed) {
      return found.done("left alone: no storage of this cell is there; is its disk mounted?");
    }
    if (known.checkpoint().isPresent()) {
      ground.catalog().checkpoints().dropCheckpoint(known.checkpoint().get());
      ground.catalog().checkpoints().forgetCheckpoint(known.checkpoint().get());
    } else {
      ground.catalog().checkpoints().basesOf(known.database()).forEach(bases::deleted);
      ground.catalog().lifetimes().dropLost(known.database(), known.storage());
    }
    log.atWarn()
        .addKeyValue("storage", known.storage())
        .log("a record without a storage was dropped");
    return found.done("dropped from the catalog");
  }
}
