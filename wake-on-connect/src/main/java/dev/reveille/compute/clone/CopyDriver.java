package dev.reveille.compute.clone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Byte by byte, where the file system can do no better: paced, so that writers beside it are not held
 * up. What is made belongs to this process until it is whole.
 */
final class CopyDriver implements CloneDriver {
  private final Ground ground;
  private final FileDriver files;
  private final CopyTurns turns = new CopyTurns();

  CopyDriver(Ground ground) {
    this.ground = ground;
    this.files = FileDriver.copy(ground);
  }

  @Override
  public String name() {
    return files.name();
  }

  @Override
  public CopyTurns turns() {
    return turns;
  }

  @Override
  public void create(Path data) throws IOException {
    files.create(data);
  }

  @Override
  public boolean atomic(Path data) {
    return false;
  }

  @Override
  public void reserve(Path data) throws IOException {
    Files.createDirectory(data,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @Override
  public void clone(Path data, Path target, Progress progress)
      throws IOException, InterruptedException {
    reserve(target);
    KernelCalls.run(() -> new PacedCopy(turns, ground, progress, false).all(data, target));
    progress.read();
    ground.own(target);
    sync(target);
  }

  /** By a process of its own, since only that can be nice. */
  @Override
  public void clonePatiently(Path data, Path target) throws IOException, InterruptedException {
    files.clonePatiently(data, target);
  }

  @Override
  public void cloneEntries(Path data, List<String> names, Path target, Progress progress)
      throws IOException, InterruptedException {
    KernelCalls.run(() -> new PacedCopy(turns, ground, progress, true).some(data, names, target));
  }

  @Override
  public void sync(Path directory) throws IOException, InterruptedException {
    files.sync(directory);
  }

  @Override
  public void remove(Path data) {
    files.remove(data);
  }
}
