package dev.reveille.compute.clone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One way to clone data directories. All of it blocks; what a call has made is durable when it
 * returns, together with everything that was made before next to it. Safe for any thread.
 */
public interface CloneDriver {
  /** {@code btrfs}, {@code reflink} or {@code copy}. */
  String name();

  /** Makes an empty data directory of the compute's user. */
  void create(Path data) throws IOException;

  /** Whether a clone of this directory shows all of its files at one moment, whoever writes. */
  boolean atomic(Path data) throws IOException;

  /** Makes one that {@link #cloneEntries} fills; it need not be the compute user's before it is full. */
  default void reserve(Path data) throws IOException {
    create(data);
  }

  /**
   * Clones a directory to one that does not exist. Unless {@link #atomic} nobody may write to it.
   *
   * @param progress hears of what takes long: of bytes that are copied
   */
  void clone(Path data, Path target, Progress progress) throws IOException, InterruptedException;

  /** The same, with others that want the disk or a processor going first. */
  default void clonePatiently(Path data, Path target) throws IOException, InterruptedException {
    clone(data, target, Progress.NONE);
  }

  /**
   * Clones some entries of a directory, with all that is below them, into one that was
   * {@link #reserve}d. Files that vanish meanwhile are left out; files that are written to meanwhile
   * are cloned as they come. Not durable before {@link #sync}.
   */
  void cloneEntries(Path data, List<String> names, Path target, Progress progress)
      throws IOException, InterruptedException;

  /** Makes everything on the file system of this directory durable. */
  void sync(Path directory) throws IOException, InterruptedException;

  /** Of what is copied byte by byte; nothing else waits for them. */
  default CopyTurns turns() {
    return CopyTurns.NONE;
  }

  /** Takes a data directory away at once, if that can be done; otherwise leaves it as it is. */
  void remove(Path data) throws IOException;
}
