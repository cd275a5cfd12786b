package dev.reveille.proxy.session;

import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.auth.SharedKey;
import dev.reveille.cell.Directory;
import dev.reveille.compute.Computes;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.cancel.CancelKeys;
import dev.reveille.proxy.connect.ComputeConnector;
import dev.reveille.proxy.relay.RelayLimits;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What sessions are built on. Everything in here is shared by all of them and safe from any thread.
 *
 * @param sharedKey from which the salt of every name follows; empty as long as it could not be had
 * @param random a cryptographic one outside of tests
 * @param clock the wall clock, for expiry
 * @param nanoTime the clock of {@link System#nanoTime}
 * @param ledger what each credential uses and may still use
 * @param precautions before some requests of some sessions
 * @param interposers what stands between some clients and their relays
 */
public record SessionRooms(Directory directory, Computes computes, ComputeConnector connector,
    CancelKeys cancelKeys, BadSecretLimiter limiter, Supplier<Optional<SharedKey>> sharedKey,
    SessionSettings settings,
    RelayLimits relayLimits, SessionObserver observer, RandomGenerator random,
    InstantSource clock, LongSupplier nanoTime, Ledger ledger, Precautions precautions,
    Interposers interposers) {

  /** Without precautions, and with nothing between a client and its relay. */
  public SessionRooms(Directory directory, Computes computes, ComputeConnector connector,
      CancelKeys cancelKeys, BadSecretLimiter limiter, Supplier<Optional<SharedKey>> sharedKey,
      SessionSettings settings, RelayLimits relayLimits, SessionObserver observer,
      RandomGenerator random, InstantSource clock, LongSupplier nanoTime, Ledger ledger) {
    this(directory, computes, connector, cancelKeys, limiter, sharedKey, settings, relayLimits,
        observer, random, clock, nanoTime, ledger, Precautions.NONE, Interposers.NONE);
  }
}
