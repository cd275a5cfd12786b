package dev.reveille.compute.clone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a driver needs of the cell that it works for. Blocking. */
public interface Ground {
  /** Makes a directory the compute user's own, closed to everyone else. */
  void own(Path directory) throws IOException;

  /** Makes a file or directory the compute user's own, as open as it is. */
  void give(Path path) throws IOException;

  /**
   * Runs a command as the compute's user, to its end.
   *
   * @return its exit code and what it complained about
   */
  Ended run(List<String> command) throws IOException, InterruptedException;

  /** How a command ended. */
  record Ended(int code, String complaints) {}

  /** Runs it and wants success. */
  default void must(List<String> command) throws IOException, InterruptedException {
    Ended ended = run(command);
    if (ended.code() != 0) {
      throw new IOException(command.getFirst() + " failed with exit code " + ended.code() + ": "
          + ended.complaints().strip());
    }
  }
}
