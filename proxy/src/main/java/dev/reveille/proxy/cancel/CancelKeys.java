package dev.reveille.proxy.cancel;

import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.ProtocolVersion;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All cancel keys of this proxy, and who they stand for. A key is issued for the life of a session, bound while the
 * session is attached to a compute, and retired at its end. Safe for any thread.
 *
 * <p>A request is authorised by its key alone, as in Postgres, and may come in plaintext whatever the listener asks of
 * sessions: libpq before 17 can do no other. Guessing is what the 32 random bits of protocol 3.0 invite, so an address
 * that shows unknown keys is soon no longer listened to.
 */
public final class CancelKeys {
  private static final int SHORT_SECRET = 4;
  private static final int LONG_SECRET = 32;
  /** Greatest process id of Linux, {@code PID_MAX_LIMIT} in its {@code threads.h}. */
  private static final int PID_MAX_LIMIT = 1 << 22;

  private final RandomGenerator random;
  private final GuessLimit guesses;
  private final ConcurrentMap<Integer, Holder> holders = new ConcurrentHashMap<>();

  private static final class Holder {
    final CancelKey key;
    volatile @Nullable CancelTarget target;

    Holder(CancelKey key) {
      this.key = key;
    }
  }

  /**
   * No keys yet.
   *
   * @param random a cryptographic one outside of tests
   * @param nanoTime the clock of {@link System#nanoTime}
   */
  public CancelKeys(RandomGenerator random, LongSupplier nanoTime) {
    this.random = random;
    this.guesses = new GuessLimit(nanoTime);
  }

  /**
   * A key that no other live session has; its process id is positive and unique. Pass it to {@link #retire} when the
   * session ends.
   *
   * <p>The process id is the compute's if no live session has it, so that what a driver believes to be its process id
   * is found in {@code pg_stat_activity}; else one above any that Linux gives. What authorises is the secret, and that
   * is never the compute's.
   *
   * @param version as negotiated with the client: it decides how long the secret may be
   * @param computeProcessId of the compute's process that serves the session
   */
  public CancelKey issue(ProtocolVersion version, int computeProcessId) {
    int length = version.hasLongCancelSecrets() ? LONG_SECRET : SHORT_SECRET;
    int processId = computeProcessId > 0 ? computeProcessId : foreignProcessId();
    while (true) {
      CancelKey key = new CancelKey(processId, CancelSecret.random(random, length));
      if (holders.putIfAbsent(processId, new Holder(key)) == null) {
        return key;
      }
      processId = foreignProcessId();
    }
  }

  private int foreignProcessId() {
    return random.nextInt(PID_MAX_LIMIT + 1, Integer.MAX_VALUE);
  }

  /** From now on requests with this key go to {@code target}. A retired key stays so. */
  public void bind(CancelKey key, CancelTarget target) {
    Holder holder = holder(key);
    if (holder != null) {
      holder.target = target;
    }
  }

  /** The session is detached: requests with this key find nothing in flight. */
  public void unbind(CancelKey key) {
    Holder holder = holder(key);
    if (holder != null) {
      holder.target = null;
    }
  }

  /** The session has ended; its process id is free again. Harmless when repeated. */
  public void retire(CancelKey key) {
    holders.computeIfPresent(key.processId(),
        (id, holder) -> holder.key.secret().equals(key.secret()) ? null : holder);
  }

  /** How many sessions hold a key. */
  public int live() {
    return holders.size();
  }

  /**
   * Takes up a request; what is returned acts on it. Call this before the connection that brought the request is closed,
   * since a client that sees that end may send its next query, which must not be hit. Act afterwards: nobody must learn
   * from the time it takes whether the key was right.
   */
  public Supplier<CompletionStage<CancelOutcome>> aim(CancelRequest request, InetAddress from) {
    if (!guesses.admits(from)) {
      return () -> CompletableFuture.completedFuture(CancelOutcome.TOO_MANY);
    }
    Holder holder = holders.get(request.processId());
    if (holder == null || !holder.key.secret().equals(request.secret())) {
      guesses.wrong(from);
      return () -> CompletableFuture.completedFuture(CancelOutcome.UNKNOWN_KEY);
    }
    CancelTarget target = holder.target;
    if (target == null) {
      return () -> CompletableFuture.completedFuture(CancelOutcome.NOTHING_IN_FLIGHT);
    }
    Supplier<CompletionStage<Boolean>> aimed = target.aim();
    return () -> aimed.get()
        .thenApply(delivered -> delivered
            ? CancelOutcome.DELIVERED
            : CancelOutcome.NOTHING_IN_FLIGHT);
  }

  private @Nullable Holder holder(CancelKey key) {
    Holder holder = holders.get(key.processId());
    return holder != null && holder.key.secret().equals(key.secret()) ? holder : null;
  }
}
