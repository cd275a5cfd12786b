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

  /**
   * Clones a directory to one that does not exist. Unless {@link #atomic} nobody may write to it.
   *
   * @param patient whether others that want the disk or a processor go first
   */
  void clone(Path data, Path target, boolean patient) throws IOException, InterruptedException;

  /**
   * Clones some entries of a directory, with all that is below them, into an existing one. Files that
   * vanish meanwhile are left out; files that are written to meanwhile are cloned as they come. Not
   * durable before {@link #sync}.
   */
  void cloneEntries(Path data, List<String> names, Path target)
      throws IOException, InterruptedException;

  /** Makes everything on the file system of this directory durable. */
  void sync(Path directory) throws IOException, InterruptedException;

  /** Takes a data directory away at once, if that can be done; otherwise leaves it as it is. */
  void remove(Path data) throws IOException;
}
