package dev.reveille.compute;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Tells when nothing has happened to a running compute for as long as its database's settings say.
 * Confined to the lane of its database, on which its checks are run as well.
 */
final class IdleWatch {
  private final ComputeTimer timer;
  private final Sessions sessions;
  private final Consumer<Runnable> lane;
  private final BooleanSupplier keptAwake;
  private final Runnable onIdle;
  private long lastTouched;
  private boolean watching;
  private Duration limit = Duration.ZERO;
  private ComputeTimer.Pending pending = () -> {
  };

  IdleWatch(ComputeTimer timer, Sessions sessions, Consumer<Runnable> lane,
      BooleanSupplier keptAwake, Runnable onIdle) {
    this.timer = timer;
    this.sessions = sessions;
    this.lane = lane;
    this.keptAwake = keptAwake;
    this.onIdle = onIdle;
  }

  /** Something happened just now. */
  void touch() {
    lastTouched = timer.nanoTime();
  }

  /** To be called whenever the compute's state or the limit may have changed. */
  void watch(boolean running, Duration suspendAfter) {
    watching = running;
    limit = suspendAfter;
    pending.close();
    if (running) {
      OptionalLong quiet = sessions.quietSince(lastTouched);
      long idle = quiet.isEmpty() ? 0 : Math.max(0, timer.nanoTime() - quiet.getAsLong());
      Duration left = limit.minusNanos(idle);
      pending = timer.after(left.isNegative() ? Duration.ZERO : left,
          () -> lane.accept(this::check));
    }
  }

  private void check() {
    if (watching) {
      OptionalLong quiet = sessions.quietSince(lastTouched);
      boolean idle = quiet.isPresent() && timer.nanoTime() - quiet.getAsLong() >= limit.toNanos();
      if (idle && !keptAwake.getAsBoolean()) {
        onIdle.run();
      } else {
        lastTouched = idle ? timer.nanoTime() : lastTouched;
        watch(true, limit);
      }
    }
  }
}
