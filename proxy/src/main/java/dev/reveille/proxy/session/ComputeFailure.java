package dev.reveille.proxy.session;

import dev.reveille.wire.ErrorFields;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** The compute could not be had, or would not have the session. */
public sealed interface ComputeFailure extends SessionFailure {

  /** The deadline passed while the compute was still starting. */
  record StillWaking(String database) implements ComputeFailure {
    @Override
    public Kind kind() {
      return Kind.WAKING;
    }

    @Override
    public String message() {
      return "database \"" + database + "\" is still waking";
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("It is safe to try again.");
    }
  }

  /** The compute cannot be started now. */
  record WakeFailed(String database, Optional<Duration> retryAfter) implements ComputeFailure {
    @Override
    public Kind kind() {
      return Kind.WAKE_FAILED;
    }

    @Override
    public String message() {
      return "database \"" + database + "\" could not be woken";
    }

    @Override
    public Optional<String> hint() {
      return Optional.of(retryAfter.map(after -> "Try again in " + seconds(after) + ".")
          .orElse("Try again; if it persists, the log of the proxy has the reason."));
    }
  }

  /** The compute was said to run, and could not be reached before the deadline. */
  record Unreachable(String database) implements ComputeFailure {
    @Override
    public Kind kind() {
      return Kind.UNREACHABLE;
    }

    @Override
    public String message() {
      return "database \"" + database + "\" is awake but does not accept connections";
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("It is safe to try again.");
    }
  }

  /** The database has expired; it can be brought back for a while. */
  record Archived(String database, Optional<Instant> expiredAt) implements ComputeFailure {
    @Override
    public Kind kind() {
      return Kind.ARCHIVED;
    }

    @Override
    public String message() {
      return "database \"" + database + "\" expired" + expiredAt.map(at -> " at "
          + at.truncatedTo(ChronoUnit.SECONDS)).orElse("") + " and is archived";
    }

    @Override
    public Optional<String> hint() {
      return Optional.of(moreTime(database) + " on the database \"reveille\" brings it back.");
    }
  }

  /** What is said to clients of a database that is about to expire. */
  static String expiring(String database, Instant expiresAt) {
    return "database \"" + database + "\" expires at "
        + expiresAt.truncatedTo(ChronoUnit.SECONDS);
  }

  /** The command that gives a database more time. */
  static String moreTime(String database) {
    return "ALTER DATABASE \"" + database.replace("\"", "\"\"") + "\" SET (ttl = '1 d')";
  }

  /** The compute refused the session itself: what it said is passed on whole. */
  record ComputeRefused(ErrorFields fields) implements ComputeFailure {
    @Override
    public String sqlState() {
      return fields.sqlState();
    }

    @Override
    public Kind kind() {
      return Kind.COMPUTE;
    }

    @Override
    public String message() {
      return fields.message();
    }
  }

  private static String seconds(Duration duration) {
    var millis = duration.toMillis();
    return millis % 1000 == 0
        ? millis / 1000 + " s"
        : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
