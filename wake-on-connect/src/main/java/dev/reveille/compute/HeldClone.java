package dev.reveille.compute;

import dev.reveille.cell.StorageId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A clone of a storage that no compute runs on, and that nobody wants back. */
final class HeldClone implements Cloning {
  private final Hold hold = new Hold();
  private final CompletableFuture<CloneReport> report = new CompletableFuture<>();

  /** Begins it. */
  HeldClone(CellStorages storages, StorageId source, StorageId target) {
    storages.clone(source, Optional.empty(), target, hold).whenComplete((made, failure) -> {
      if (failure == null) {
        report.complete(made);
      } else {
        report.completeExceptionally(Attempts.told(failure));
      }
    });
  }

  @Override
  public CompletionStage<CloneReport> report() {
    return report;
  }

  @Override
  public long moved() {
    return hold.bytes();
  }

  @Override
  public void abandon() {
    hold.want();
  }
}
