package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.proxy.relay.ByteBudget;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that a credential may still take out today, for all its sessions. Safe from any thread. */
@FunctionalInterface
public interface DailyBytes {
  /** Today's budget, whatever day it is when it is asked; the limit is that of this record. */
  ByteBudget of(Credential credential);

  /** Counts on this proxy alone. Days are those of UTC. */
  static DailyBytes counted(InstantSource clock) {
    return new Counted(clock);
  }

  /** One day's counts at a time: those of a day that is over go as a whole. */
  final class Counted implements DailyBytes {
    private record Day(LocalDate date, ConcurrentMap<CredentialId, AtomicLong> used) {}

    private final InstantSource clock;
    private volatile Day day = new Day(LocalDate.EPOCH, new ConcurrentHashMap<>());

    private Counted(InstantSource clock) {
      this.clock = clock;
    }

    private LocalDate today() {
      return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private AtomicLong used(CredentialId credential) {
      LocalDate today = today();
      Day current = day;
      if (!current.date().equals(today)) {
        synchronized (this) {
          if (!day.date().equals(today)) {
            day = new Day(today, new ConcurrentHashMap<>());
          }
          current = day;
        }
      }
      return current.used().computeIfAbsent(credential, first -> new AtomicLong());
    }

    @Override
    public ByteBudget of(Credential credential) {
      long limit = credential.scope().limits().dailyBytesOut();
      return new ByteBudget() {
        @Override
        public boolean take(long bytes) {
          long before = used(credential.id())
              .getAndUpdate(now -> bytes > limit - now ? now : now + bytes);
          return bytes <= limit - before;
        }

        @Override
        public void giveBack(long bytes) {
          used(credential.id()).updateAndGet(now -> Math.max(0, now - bytes));
        }

        @Override
        public ErrorFields exhausted() {
          return ErrorFields.of(Severity.FATAL, "53400", "the credential has no bytes left to send")
              .detail("The limit is bytes_out_per_day = " + limit + ". It begins anew at "
                  + today().plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC) + ".")
              .hint("Ask for less at once, or wait.");
        }
      };
    }
  }
}
