package dev.reveille.compute.clone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Data directories are subvolumes, and a clone is a snapshot: one moment of all files, whatever their
 * size. One that was made before this driver is none, and is cloned by reference into a subvolume.
 * Snapshots wait on platform threads: a call into the kernel would hold a virtual thread's carrier.
 */
final class BtrfsDriver implements CloneDriver {
  private static final Logger LOG = LoggerFactory.getLogger(BtrfsDriver.class);
  private static final ExecutorService CALLS = Executors.newCachedThreadPool(
      Thread.ofPlatform().daemon().name("reveille-snapshot-", 0).factory());

  private final Ground ground;
  private final FileDriver files;

  BtrfsDriver(Ground ground) {
    this.ground = ground;
    this.files = FileDriver.reflink(ground);
  }

  @Override
  public String name() {
    return "btrfs";
  }

  @Override
  public void create(Path data) throws IOException {
    call(() -> Subvolumes.create(data));
    ground.own(data);
  }

  @Override
  public boolean atomic(Path data) throws IOException {
    return Subvolumes.is(data);
  }

  @Override
  public void clone(Path data, Path target, boolean patient)
      throws IOException, InterruptedException {
    if (Subvolumes.is(data)) {
      call(() -> Subvolumes.snapshot(data, target));
    } else {
      create(target);
      files.fill(data, target, patient);
    }
  }

  @Override
  public void cloneEntries(Path data, List<String> names, Path target)
      throws IOException, InterruptedException {
    files.cloneEntries(data, names, target);
  }

  @Override
  public void sync(Path directory) throws IOException, InterruptedException {
    files.sync(directory);
  }

  @Override
  public void remove(Path data) throws IOException {
    if (Files.exists(data) && Subvolumes.is(data)) {
      try {
        call(() -> Subvolumes.destroy(data));
      } catch (IOException e) {
        // Its files can still be deleted one by one, and then the empty subvolume like a directory.
        LOG.debug("subvolume not deleted as a whole reason={}", e.getMessage());
      }
    }
  }

  /** A call into the file system. */
  private interface Call {
    void make() throws IOException;
  }

  private static void call(Call call) throws IOException {
    try {
      CompletableFuture.runAsync(() -> {
        try {
          call.make();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }, CALLS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io && io.getCause() != null) {
        throw new IOException(io.getCause().getMessage(), io);
      }
      throw e;
    }
  }
}
