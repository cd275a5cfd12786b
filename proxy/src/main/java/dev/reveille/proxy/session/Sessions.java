package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.session.SessionEvent.CredentialChanged;
import dev.reveille.proxy.session.SessionEvent.DrainAsked;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * All sessions of this proxy, and what they share. Safe from any thread. Close it after the
 * listeners.
 */
public final class Sessions implements AutoCloseable {
  private final SessionRooms rooms;
  private final SessionMachine machine;
  private final Slots slots = new Slots();
  private final Lobby lobby;
  private final Set<SessionDriver> live = ConcurrentHashMap.newKeySet();
  private final AtomicLong ids = new AtomicLong();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final AutoCloseable subscription;
  private volatile boolean draining;

  public Sessions(SessionRooms rooms) {
    this.rooms = rooms;
    machine = new SessionMachine(rooms.settings());
    lobby = new Lobby(rooms.settings().unproven());
    subscription = rooms.directory().onChange(this::changed);
  }

  /** A client has connected that is to prove a secret. Event loop. */
  Arrival arrived(Channel channel, boolean headerDue, Optional<TlsTerminator> tls) {
    return arrived(channel, headerDue, new ProofDemand.Scram(), tls);
  }

  /**
   * A client has connected: appends the session's handlers to the channel's pipeline. Event loop.
   *
   * @param headerDue whether a PROXY header comes first, to be told through the door that is
   *     returned
   * @param proof what it is asked for
   * @param tls what TLS is served with; empty if this listener has none
   */
  public Arrival arrived(Channel channel, boolean headerDue, ProofDemand proof,
      Optional<TlsTerminator> tls) {
    // Who waits in the lobby takes no place from others.
    var crowded = live.size() - lobby.waiting() >= rooms.settings().maxSessions();
    var driver = new SessionDriver(this, channel, addressOf(channel),
        new Door(headerDue, proof, tls, crowded), ids.incrementAndGet());
    live.add(driver);
    rooms.observer().opened();
    driver.begin();
    if (draining) {
      driver.tell(new DrainAsked(Duration.ZERO));
    }
    return new Arrival(driver);
  }

  /** How many there are. */
  public int count() {
    return live.size();
  }

  /** How many places at credentials and at computes are taken or queued for; 0 when all left. */
  public int held() {
    return rooms.ledger().sessions() + slots.taken();
  }

  /**
   * Ends every session: those at rest at once with 57P01, those that are not ready yet with 57P03,
   * the others when they come to rest or when {@code patience} is over.
   *
   * @return completes when the last of them is gone
   */
  public CompletionStage<Void> drain(Duration patience) {
    draining = true;
    live.forEach(driver -> driver.tell(new DrainAsked(patience)));
    completeIfDrained();
    return drained;
  }

  /** What is known of each session that has proved who it is, on its own event loop. Any thread. */
  public CompletionStage<List<SessionFacts>> facts(Predicate<Credential> whose) {
    var asked = live.stream().map(SessionDriver::factsSoon).toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
        .thenApply(all -> asked.stream()
            .map(CompletableFuture::join)
            .flatMap(Optional::stream)
            .filter(facts -> facts.known().credential().filter(whose).isPresent())
            .toList());
  }

  /** Reports the bytes relayed since the last time to the observer, for every session. */
  public void reportBytes() {
    live.forEach(SessionDriver::reportBytes);
  }

  SessionRooms rooms() {
    return rooms;
  }

  SessionMachine machine() {
    return machine;
  }

  Ledger ledger() {
    return rooms.ledger();
  }

  Slots slots() {
    return slots;
  }

  Lobby lobby() {
    return lobby;
  }

  /** Whether it was there. */
  boolean remove(SessionDriver driver) {
    var removed = live.remove(driver);
    completeIfDrained();
    return removed;
  }

  private void completeIfDrained() {
    if (draining && live.isEmpty()) {
      drained.complete(null);
    }
  }

  private void changed(DirectoryChange change) {
    switch (change) {
      case DirectoryChange.CredentialChanged(CredentialId id) ->
        lookAgain(of -> of.equals(id));
      case DirectoryChange.Resynchronized _ -> lookAgain(of -> true);
      case DirectoryChange.RouteChanged _,DirectoryChange.RouteDropped _ -> {
        // The compute side ends the sessions of a database that is dropped.
      }
    }
  }

  private void lookAgain(Predicate<CredentialId> whose) {
    for (var driver : live) {
      if (driver.isOf(whose)) {
        driver.tell(new CredentialChanged());
      }
    }
  }

  private static InetAddress addressOf(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        && address.getAddress() != null ? address.getAddress() : InetAddress.getLoopbackAddress();
  }

  @Override
  public void close() {
    try {
      subscription.close();
    } catch (Exception e) {
      throw new IllegalStateException("the directory could not be left", e);
    }
  }
}
