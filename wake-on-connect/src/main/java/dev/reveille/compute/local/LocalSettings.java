package dev.reveille.compute.local;

import dev.reveille.cell.CellId;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One local cell.
 *
 * @param directory the cell's own directory; made if absent, in an existing parent that the compute's
 * user can reach
 * @param runDirectory where sockets are made; private to the proxy, short, and reachable as well
 * @param postgres what new storages are made with
 * @param distributions finds the programs for storages of other major versions
 * @param preparedRunning how many unnamed computes to keep running; 0 or more
 * @param preparedCopies how many further storages to keep copied; 0 or more
 * @param startLimit how long one start may take, a recovery after a crash included
 * @param logLimit bytes after which a compute's log is rotated once; twice as much is kept at most
 */
public record LocalSettings(CellId cell, Path directory, Path runDirectory, ComputeUser user,
    PostgresDistribution postgres, Distributions distributions, ComputeSettings compute,
    int preparedRunning, int preparedCopies, Duration startLimit, long logLimit) {
  public static final int DEFAULT_RUNNING = 2;
  public static final int DEFAULT_COPIES = 4;

  public LocalSettings {
    if (preparedRunning < 0 || preparedCopies < 0) {
      throw new IllegalArgumentException("a pool cannot be smaller than empty");
    }
    if (!SocketDirectory.fits(runDirectory)) {
      throw new IllegalArgumentException("the run directory is too long for Unix sockets: "
          + runDirectory);
    }
  }

  /** A cell with every default. */
  public static LocalSettings of(CellId cell, Path directory, Path runDirectory, ComputeUser user,
      PostgresDistribution postgres) {
    return new LocalSettings(cell, directory, runDirectory, user, postgres,
        Distributions.only(postgres), ComputeSettings.DEFAULTS, DEFAULT_RUNNING, DEFAULT_COPIES,
        Duration.ofSeconds(60), 8L << 20);
  }

  public LocalSettings withPool(int running, int copies) {
    return new LocalSettings(cell, directory, runDirectory, user, postgres, distributions, compute,
        running, copies, startLimit, logLimit);
  }

  public LocalSettings withCompute(ComputeSettings settings) {
    return new LocalSettings(cell, directory, runDirectory, user, postgres, distributions, settings,
        preparedRunning, preparedCopies, startLimit, logLimit);
  }

  public LocalSettings withDistributions(Distributions found) {
    return new LocalSettings(cell, directory, runDirectory, user, postgres, found, compute,
        preparedRunning, preparedCopies, startLimit, logLimit);
  }

  public LocalSettings withStartLimit(Duration limit) {
    return new LocalSettings(cell, directory, runDirectory, user, postgres, distributions, compute,
        preparedRunning, preparedCopies, limit, logLimit);
  }
}
