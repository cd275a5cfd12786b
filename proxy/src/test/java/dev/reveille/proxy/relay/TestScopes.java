package dev.reveille.proxy.relay;

import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Limits;
import dev.reveille.wire.Severity;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Scopes of relays, and a budget that they share. */
public final class TestScopes {
  /** All that there is. */
  static final RelayScope WIDE = new RelayScope(true, true, true, true, Limits.MAX_FRAME,
      Long.MAX_VALUE, Duration.ofDays(1), Duration.ofDays(1));
  /** Never used up. */
  static final ByteBudget PLENTY = new Shared(Long.MAX_VALUE);

  private TestScopes() {
  }

  static RelayScope bytesOut(long bytes) {
    return new RelayScope(true, true, true, true, Limits.MAX_FRAME, bytes, WIDE.requestTime(),
        WIDE.idleTime());
  }

  static RelayScope frameBytes(int bytes) {
    return new RelayScope(true, true, true, true, bytes, WIDE.bytesOut(), WIDE.requestTime(),
        WIDE.idleTime());
  }

  static RelayScope times(Duration requestTime, Duration idleTime) {
    return new RelayScope(true, true, true, true, Limits.MAX_FRAME, WIDE.bytesOut(), requestTime,
        idleTime);
  }

  /** No COPY, no LISTEN, no FunctionCall. */
  static RelayScope statementsOnly() {
    return new RelayScope(false, false, false, false, Limits.MAX_FRAME, WIDE.bytesOut(),
        WIDE.requestTime(), WIDE.idleTime());
  }

  /** So many bytes for everyone. */
  public static final class Shared implements ByteBudget {
    final AtomicLong left;

    public Shared(long bytes) {
      left = new AtomicLong(bytes);
    }

    @Override
    public boolean take(long bytes) {
      return left.getAndUpdate(now -> now < bytes ? now : now - bytes) >= bytes;
    }

    @Override
    public void giveBack(long bytes) {
      left.addAndGet(bytes);
    }

    @Override
    public ErrorFields exhausted() {
      return ErrorFields.of(Severity.FATAL, "53400", "no bytes left today")
          .detail("The limit is bytes_out_per_day.");
    }
  }
}
