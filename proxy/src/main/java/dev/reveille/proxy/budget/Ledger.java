package dev.reveille.proxy.budget;

import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.UsageExchange;
import dev.reveille.compute.StartPermit;
import dev.reveille.proxy.relay.ByteBudget;
import dev.reveille.wire.ErrorFields;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What each credential uses, over all proxies: sessions, connects of the last minute, wakes of the
 * last hour, bytes of this day. What is counted here is exact; of the other proxies it is what they
 * last said through the catalog. So on one proxy no limit is passed, and over several by no more than
 * what the others admitted since they last told and were last heard: {@link Exchange#PERIOD} each
 * and the time of two round trips. While the catalog is away, what was heard last stands.
 *
 * <p>Any thread; no method blocks.
 */
public final class Ledger implements AutoCloseable {
  /** What was heard longer ago is asked for anew before a session is admitted by it. */
  static final Duration FRESH = Duration.ofSeconds(1);
  /** How long an admission waits for what the others have to say; then it goes by what is known. */
  static final Duration PATIENCE = Duration.ofMillis(250);

  private final ConcurrentMap<CredentialId, CredentialUse> uses = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private @Nullable Exchange exchange;
  private @Nullable AccountLedger accounts;

  private Ledger(InstantSource clock) {
    this.clock = clock;
  }

  /** Of a proxy that has no others beside it. */
  public static Ledger alone(InstantSource clock) {
    return new Ledger(clock);
  }

  /** Of one among others. Says nothing to them before {@link #start}. */
  public static Ledger shared(UsageExchange catalog, ProxyLife life, InstantSource clock) {
    var ledger = new Ledger(clock);
    ledger.exchange = new Exchange(catalog, life, ledger.uses, clock);
    return ledger;
  }

  /** The same, where accounts have budgets too, which are the caller's to start and close. */
  public static Ledger shared(UsageExchange catalog, ProxyLife life, AccountLedger accounts,
      InstantSource clock) {
    var ledger = shared(catalog, life, clock);
    ledger.accounts = accounts;
    return ledger;
  }

  /**
   * Makes this proxy known, and begins to tell and to listen. Blocks for as long as one question to
   * the catalog may take; if that is away it is asked again later.
   *
   * @return the cell of this proxy that another home's proxy has; then nothing was begun
   */
  public Optional<CellId> start() {
    var shared = exchange;
    return shared == null ? Optional.empty() : shared.start();
  }

  /**
   * Completes, soon, when it is known what others let this credential use: at once if that was heard
   * within the last second, or cannot be heard. Never fails.
   */
  public CompletionStage<Void> known(CredentialId credential) {
    var shared = exchange;
    if (shared == null || shared.away()) {
      return CompletableFuture.completedFuture(null);
    }
    var use = use(credential, clock);
    return use.heardSince(clock.instant().minus(FRESH)).<CompletionStage<Void>>map(heard -> {
      shared.awaited(use);
      return heard.copy().completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }).orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** The same of a credential and its account. */
  public CompletionStage<Void> known(Credential credential) {
    var own = known(credential.id());
    var limited = accounts;
    if (limited == null) {
      return own;
    }
    var both = limited.known(credential.account());
    return own.thenCompose(heard -> both);
  }

  /** Counts one more session, unless a limit is reached; each that entered leaves once. */
  public Optional<Spent> enter(CredentialId credential, CredentialLimits limits) {
    var now = clock.instant();
    List<Optional<Spent>> spent = new ArrayList<>(1);
    // Under the map's own lock, so that nobody forgets it meanwhile.
    var use = uses.compute(credential, (id, known) -> {
      var entered = known != null ? known : new CredentialUse(id, exchange == null, now);
      spent.add(entered.enter(limits, now));
      return entered;
    });
    changed(use, limits);
    return spent.getFirst();
  }

  /** Whether a session that has entered is still within limits that may have been lowered. */
  public Optional<Spent> stays(CredentialId credential, CredentialLimits limits) {
    return use(credential, clock).stays(limits);
  }

  /** Gives the place of one session back. */
  public void leave(CredentialId credential) {
    var use = uses.get(credential);
    if (use == null) {
      throw new IllegalStateException("left by a credential that never came");
    }
    use.leave(clock.instant());
    told(use, false);
  }

  /** Leave to start computes, as long as there are wakes of this hour left. */
  public StartPermit starts(CredentialId credential, CredentialLimits limits) {
    return new WakeLeave(this, use(credential, clock), limits, clock);
  }

  /** The same, as long as the account has some left as well. */
  public StartPermit starts(Credential credential) {
    var own = starts(credential.id(), credential.scope().limits());
    var limited = accounts;
    return limited == null ? own : limited.starts(credential.account(), own);
  }

  /**
   * The bytes of this day, for one session.
   *
   * @param words what a client is told when there are none left
   */
  public ByteBudget bytes(CredentialId credential, CredentialLimits limits,
      Function<Spent, ErrorFields> words) {
    return new DailyBytes(this, use(credential, clock), limits, words, clock);
  }

  /** What a credential uses now. */
  public Use use(CredentialId credential) {
    var use = uses.get(credential);
    return use == null ? Use.NOTHING : use.use(clock.instant());
  }

  /** Sessions of this proxy, of all credentials. */
  public int sessions() {
    return uses.values().stream().mapToInt(CredentialUse::sessions).sum();
  }

  /** Whether the others could be heard when they were last asked; true without others. */
  public boolean heard() {
    var shared = exchange;
    return shared == null || !shared.away();
  }

  void changed(CredentialUse use, CredentialLimits limits) {
    told(use, exchange != null && use.pressing(limits, clock.instant()));
  }

  private void told(CredentialUse use, boolean pressing) {
    var shared = exchange;
    if (shared != null) {
      shared.changed(use, pressing);
    }
  }

  private CredentialUse use(CredentialId credential, InstantSource now) {
    var known = uses.get(credential);
    return known != null
        ? known
        : uses.computeIfAbsent(credential,
            id -> new CredentialUse(id, exchange == null, now.instant()));
  }

  /** Tells the others that no session is left. */
  @Override
  public void close() {
    var shared = exchange;
    if (shared != null) {
      shared.close();
    }
  }
}
