package dev.reveille.compute.local;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code kill(2)}, because Postgres's ways to stop are signals that {@link Process} cannot send
 * (PostgreSQL documentation, "Shutting Down the Server", 18.5).
 */
enum Signals {
  /** Fast stop: sessions are ended, a checkpoint is written. */
  INTERRUPT(2),
  /** Immediate stop: no checkpoint; the next start recovers from the log. */
  QUIT(3),
  /** Cannot be refused. */
  KILL(9),
  /** Sends nothing, only asks whether the process exists. */
  NONE(0);

  @SuppressWarnings("restricted") // native access is enabled for the class path by the launcher
  private static final MethodHandle KILL_FUNCTION = Linker.nativeLinker()
      .downcallHandle(
          Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final int number;

  Signals(int number) {
    this.number = number;
  }

  /** Sends it to one process; false if there is no such process or it is not ours to signal. */
  boolean send(long processId) {
    if (processId <= 1 || processId > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("not a process: " + processId);
    }
    try {
      return (int) KILL_FUNCTION.invokeExact((int) processId, number) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("kill(2) cannot be called", e);
    }
  }
}
