package dev.reveille.compute.clone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Data directories are subvolumes, and a clone is a snapshot: one moment of all files, whatever their
 * size. One that was made before this driver is none, and is cloned by reference into a subvolume.
 */
final class BtrfsDriver implements CloneDriver {
  private static final Logger LOG = LoggerFactory.getLogger(BtrfsDriver.class);

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
    KernelCalls.make(() -> Subvolumes.create(data));
    ground.own(data);
  }

  @Override
  public boolean atomic(Path data) throws IOException {
    return Subvolumes.is(data);
  }

  @Override
  public void clone(Path data, Path target, Progress progress)
      throws IOException, InterruptedException {
    if (Subvolumes.is(data)) {
      KernelCalls.make(() -> Subvolumes.snapshot(data, target));
    } else {
      create(target);
      files.fill(data, target, false);
    }
  }

  @Override
  public void cloneEntries(Path data, List<String> names, Path target, Progress progress)
      throws IOException, InterruptedException {
    files.cloneEntries(data, names, target, progress);
  }

  @Override
  public void sync(Path directory) throws IOException, InterruptedException {
    files.sync(directory);
  }

  @Override
  public void remove(Path data) throws IOException {
    if (Files.exists(data) && Subvolumes.is(data)) {
      try {
        KernelCalls.make(() -> Subvolumes.destroy(data));
      } catch (IOException e) {
        // Its files can still be deleted one by one, and then the empty subvolume like a directory.
        LOG.debug("subvolume not deleted as a whole reason={}", e.getMessage());
      }
    }
  }
}
