package dev.reveille.proxy.console;

import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/**
 * How long a client waits for what the proxy does for it: until it cancels, or its {@code
 * statement_timeout} is over. Worded as Postgres words either (src/backend/tcop/postgres.c). Event loop
 * only.
 */
final class Patience {
  private static final String CANCELLED = "57014";

  private final Runnable stop;
  private boolean late;

  /**
   * Begins to wait.
   *
   * @param limit zero for none
   * @param enough what is done when the client does not want to wait any more
   */
  Patience(Line line, Duration limit, Runnable enough) {
    this.stop = limit.isZero() ? () -> {
    } : line.after(limit, () -> {
      late = true;
      enough.run();
    });
    line.onCancel(() -> {
      end();
      enough.run();
    });
  }

  /** There is nothing to wait for any more. */
  void end() {
    stop.run();
  }

  /** The failure as the client is to be told of it. */
  ErrorFields fields(Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    ErrorFields fields = cause instanceof Refused refused
        ? refused.fields()
        : ErrorFields.of(Severity.ERROR, "XX000", "internal error");
    return late && fields.sqlState().equals(CANCELLED)
        ? ErrorFields.of(Severity.ERROR, CANCELLED, "canceling statement due to statement timeout")
        : fields;
  }

  /** What fails with this when there is no patience left. */
  static Refused cancelled() {
    return new Refused(CANCELLED, "canceling statement due to user request");
  }
}
