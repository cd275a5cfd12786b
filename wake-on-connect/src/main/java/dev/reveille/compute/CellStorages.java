package dev.reveille.compute;

import dev.reveille.cell.StorageId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The storages of one cell. The caller makes sure that nothing is started on a storage while something
 * is done with it here. No method blocks. See {@link StorageOperations}.
 */
public interface CellStorages {
  /** Of a cell whose storages are somebody else's business. */
  CellStorages ELSEWHERE = new CellStorages() {
    @Override
    public String driver() {
      return "none";
    }

    @Override
    public CompletionStage<CloneReport> clone(StorageId source, Optional<RunningCompute> running,
        StorageId target, Hold hold) {
      return refused();
    }

    @Override
    public CompletionStage<Void> delete(StorageId storage) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Long> archive(StorageId storage, Hold hold) {
      return refused();
    }

    @Override
    public CompletionStage<Long> unarchive(StorageId storage, Hold hold) {
      return refused();
    }

    @Override
    public CompletionStage<List<StoredStorage>> all() {
      return CompletableFuture.completedFuture(List.of());
    }

    private static <T> CompletionStage<T> refused() {
      return CompletableFuture.failedFuture(new ComputeFailedException(
          "storages of this cell are kept by whoever runs its computes"));
    }
  };

  /** How storages are cloned: {@code btrfs}, {@code reflink}, {@code copy}, or {@code none}. */
  String driver();

  /** Whether a clone takes the longer the larger the storage is, since every byte is copied. */
  default boolean copies() {
    return driver().equals("copy");
  }

  /**
   * Clones a storage; see {@link StorageOperations#clone}.
   *
   * @param running the compute on {@code source}, if there is one; it goes on
   * @param hold of the source; a clone that gives it back before it is whole fails with
   *     {@link Hold.GivenUpException} and leaves nothing
   */
  CompletionStage<CloneReport> clone(StorageId source, Optional<RunningCompute> running,
      StorageId target, Hold hold);

  /** Idempotent. */
  CompletionStage<Void> delete(StorageId storage);

  /** Idempotent. Answers bytes kept. Given up, it fails with {@link Hold.GivenUpException}: nothing has changed. */
  CompletionStage<Long> archive(StorageId storage, Hold hold);

  /** Idempotent, and given up in the same way. Answers bytes kept. */
  CompletionStage<Long> unarchive(StorageId storage, Hold hold);

  CompletionStage<List<StoredStorage>> all();
}
