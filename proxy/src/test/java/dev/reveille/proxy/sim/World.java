package dev.reveille.proxy.sim;

import com.google.errorprone.annotations.FormatMethod;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import dev.reveille.proxy.session.Given;
import dev.reveille.proxy.session.SessionEvent.CredentialChanged;
import dev.reveille.proxy.session.SessionEvent.DrainAsked;
import dev.reveille.proxy.session.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Virtual time, chance, and everything that lives in it. One thread. Arrivals and faults go on until
 * enough steps have been made; then the world comes to rest, and nothing may be left.
 */
final class World {
  static final long MILLI = 1_000_000;
  static final SessionSettings SETTINGS = new SessionSettings(Duration.ofSeconds(10),
      Duration.ofMillis(100), Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofMillis(10),
      Duration.ofMillis(500), false, 64 * 1024, 64, 45);
  private static final int TRACE = 60;
  private static final int AT_ONCE = 60;

  /** Something that will happen. */
  static final class Pending {
    private final long at;
    private final long order;
    private Runnable what;

    private Pending(long at, long order, Runnable what) {
      this.at = at;
      this.order = order;
      this.what = what;
    }

    void cancel() {
      what = () -> {
      };
    }
  }

  final long seed;
  final Planted planted;
  final SplittableRandom random;
  final List<SimDatabase> databases = new ArrayList<>();
  private final Map<DatabaseId, SimDatabase> everyDatabase = new LinkedHashMap<>();
  final List<SimProxy> proxies = new ArrayList<>();
  final Map<String, Credential> credentials = new HashMap<>();
  final List<SimSession> sessions = new ArrayList<>();
  private final Set<String> seen;
  private final PriorityQueue<Pending> agenda = new PriorityQueue<>(
      Comparator.<Pending>comparingLong(p -> p.at).thenComparingLong(p -> p.order));
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private final boolean tracing;
  private final long enough;
  /** Longest time between two arrivals: some worlds are busy, in others computes fall asleep. */
  private final long calm;
  private long order;
  private long now;
  private long steps;
  private long happened;
  private int accounts;
  private int arrivals;

  World(long seed, long enough, Planted planted, boolean tracing, Set<String> seen) {
    this.seen = seen;
    this.seed = seed;
    this.enough = enough;
    this.planted = planted;
    this.tracing = tracing;
    random = new SplittableRandom(seed);
    calm = List.of(20L, 60L, 300L, 1_500L).get(random.nextInt(4));
    for (var i = 0; i < 3; i++) {
      databases.add(newDatabase("db" + i));
      newCredential("a_" + i);
    }
    for (var i = 0; i < 2; i++) {
      proxies.add(new SimProxy(this));
    }
  }

  /** Runs one world to its end; what is wrong in it is thrown, with the last events. */
  static long run(long seed, long steps, Planted planted, Set<String> seen) {
    try {
      return new World(seed, steps, planted, false, seen).live();
    } catch (Violation first) {
      new World(seed, steps, planted, true, seen).live();
      throw first;
    }
  }

  private long live() {
    after(0, this::arrive);
    after(500, this::trouble);
    while (!agenda.isEmpty()) {
      var next = agenda.poll();
      now = next.at;
      next.what.run();
      if (++happened > 100 * enough) {
        throw violation("the world does not come to rest");
      }
    }
    atRest();
    return steps;
  }

  boolean goesOn() {
    return steps < enough;
  }

  private void arrive() {
    if (!goesOn()) {
      return;
    }
    sessions.removeIf(SimSession::over);
    if (sessions.size() < AT_ONCE) {
      var proxy = proxies.get(random.nextInt(proxies.size()));
      if (!proxy.draining) {
        var session = new SimSession(this, proxy, ++arrivals);
        sessions.add(session);
        session.arrive();
      }
    }
    after(chance(0.2) ? 0 : between(1, calm), this::arrive);
  }

  /** Faults that come from nowhere. */
  private void trouble() {
    if (!goesOn()) {
      return;
    }
    var database = databases.get(random.nextInt(databases.size()));
    switch (random.nextInt(17)) {
      case 0, 1 -> database.killed();
      case 2, 3, 4, 5, 6 -> database.suspendAsked();
      case 7 -> revoke("a_" + random.nextInt(3));
      case 8 -> drain(proxies.get(random.nextInt(proxies.size())));
      case 9 -> {
        if (chance(0.4)) {
          drop(database);
        }
      }
      case 10 -> database.changeAsked();
      default -> database.idleCheck();
    }
    after(between(5, 10 * calm), this::trouble);
  }

  private void drop(SimDatabase database) {
    database.dropAsked();
    databases.set(databases.indexOf(database), newDatabase(database.name));
  }

  private SimDatabase newDatabase(String name) {
    var database = new SimDatabase(this, name);
    everyDatabase.put(database.route.database(), database);
    return database;
  }

  private void newCredential(String name) {
    var given = Given.credential(name);
    // One of them soon has none left.
    var wakes = name.equals("a_2") ? 4 : 3600;
    credentials.put(name, new Credential(new CredentialId(new UUID(9, accounts++)), name,
        given.account(), Optional.empty(), given.kind(), given.verifiers(),
        Given
            .validity(Given.limited(given, Given.limits(25, 60_000, wakes)), Instant.EPOCH,
                Instant.EPOCH.plus(Duration.ofDays(9999)))
            .scope(),
        false, 1));
  }

  private void revoke(String name) {
    var old = credentials.get(name);
    newCredential(name);
    for (var session : List.copyOf(sessions)) {
      session.soon(new CredentialChanged());
      session.mustEndSoonIf(Objects.requireNonNull(old));
    }
  }

  private void drain(SimProxy proxy) {
    if (proxy.draining) {
      return;
    }
    proxy.draining = true;
    var patience = Duration.ofSeconds(random.nextInt(3));
    var its = sessions.stream().filter(session -> session.proxy() == proxy).toList();
    its.forEach(session -> session.tell(new DrainAsked(patience)));
    after(patience.toMillis() + 10, () -> {
      its.forEach(session -> check(session.over(), "a session outlived the drain: %s", session));
      proxy.draining = false;
    });
  }

  Optional<Route> route(String name) {
    return databases.stream().filter(d -> d.name.equals(name)).findFirst().map(d -> d.route);
  }

  SimDatabase database(DatabaseId id) {
    return Objects.requireNonNull(everyDatabase.get(id));
  }

  Pending after(long millis, Runnable what) {
    return at(now + millis * MILLI, what);
  }

  Pending at(long when, Runnable what) {
    var pending = new Pending(when, order++, what);
    agenda.add(pending);
    return pending;
  }

  /** A thread to hop to: what is given to it is done in that order, mostly at once. */
  final class Lane {
    private long last;

    void run(Runnable what) {
      last = Math.max(last, now + delay());
      at(last, what);
    }

    private long delay() {
      return chance(0.9) ? 0 : between(0, (chance(0.8) ? 3 : 60) * MILLI);
    }
  }

  long now() {
    return now;
  }

  Instant instant() {
    return Instant.EPOCH.plusNanos(now);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  long between(long low, long high) {
    return random.nextLong(low, high + 1);
  }

  /** One step of a machine; {@code what} for the trace, the types for the count of what was seen. */
  void stepped(Object state, Object event, Supplier<String> what) {
    steps++;
    seen.add(state.getClass().getSimpleName() + " " + event.getClass().getSimpleName());
    if (tracing) {
      trace.add("%.3f s %s".formatted(now / 1e9, what.get()));
      if (trace.size() > TRACE) {
        trace.poll();
      }
    }
  }

  @FormatMethod
  void check(boolean holds, String what, Object... about) {
    if (!holds) {
      throw violation(what.formatted(about));
    }
  }

  private Violation violation(String what) {
    return new Violation(seed, steps, what, List.copyOf(trace));
  }

  private void atRest() {
    sessions.forEach(session -> check(session.over(), "a session is left: %s", session));
    for (var proxy : proxies) {
      check(proxy.ledger.sessions() == 0, "seats are left: %d", proxy.ledger.sessions());
      check(proxy.slots.taken() == 0, "slots are left: %d", proxy.slots.taken());
    }
    everyDatabase.values().forEach(SimDatabase::checkAtRest);
  }
}
