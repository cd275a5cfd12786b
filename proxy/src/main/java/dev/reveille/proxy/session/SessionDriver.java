package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.CredentialFound;
import dev.reveille.proxy.session.SessionEvent.LookupFailed;
import dev.reveille.proxy.session.SessionEvent.RouteFound;
import dev.reveille.proxy.session.SessionEvent.SeatRefused;
import dev.reveille.proxy.session.SessionEvent.SeatTaken;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionFacts.Known;
import dev.reveille.proxy.session.SessionState.Closed;
import dev.reveille.proxy.session.SessionState.Greeting;
import dev.reveille.proxy.token.TokenCredential;
import dev.reveille.wire.InitialPacket.CancelRequest;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the session machine decides, for one client connection. All state is confined to
 * the channel's event loop; answers of other threads hop back onto it before they are looked at.
 * Events are taken one at a time, in order: an action that has its answer at once queues it behind
 * the actions that are still to be done.
 */
final class SessionDriver {
  private static final Logger log = LoggerFactory.getLogger(SessionDriver.class);

  private final Sessions sessions;
  private final SessionRooms rooms;
  private final EventLoop loop;
  private final ClientSide client;
  private final ComputeSide compute;
  private final Phases phases;
  private final long id;

  private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
  private final Map<Timer, Future<?>> timers = new EnumMap<>(Timer.class);
  private SessionState state;
  private boolean stepping;
  private boolean gone;
  private @Nullable CredentialId seat;
  private final long begun;
  private @Nullable Known atTheEnd;
  private @Nullable TokenCredential token;
  private volatile @Nullable CredentialId credential;
  private volatile @Nullable CredentialId template;

  SessionDriver(Sessions sessions, Channel channel, InetAddress peer, Door door, long id) {
    this.sessions = sessions;
    this.rooms = sessions.rooms();
    this.loop = channel.eventLoop();
    this.id = id;
    this.phases = new Phases(rooms.observer(), rooms.nanoTime());
    this.begun = rooms.nanoTime().getAsLong();
    this.client = new ClientSide(this, channel, peer, door.proof(), door.tls());
    this.compute = new ComputeSide(this, channel);
    var first = sessions.machine()
        .start(Greeting.fresh(door.tls().isPresent(), door.crowded(), door.proof().tlsOnly()),
            door.headerDue());
    state = first.next();
    first.actions().forEach(this::perform);
  }

  /** Prepares the pipeline and begins to listen; the last step of a connection's initialisation. */
  void begin() {
    client.begin();
    if (!(state instanceof SessionState.Arriving)) {
      client.enterLobby();
    }
  }

  SessionRooms rooms() {
    return rooms;
  }

  Sessions sessions() {
    return sessions;
  }

  Phases phases() {
    return phases;
  }

  ClientSide client() {
    return client;
  }

  /** Whose session this is, once that is proved. Any thread. */
  Optional<CredentialId> credential() {
    return Optional.ofNullable(credential);
  }

  /** Whether it depends on such a credential: its own, or the one that its token narrows. */
  boolean isOf(Predicate<CredentialId> whose) {
    var own = credential;
    var narrowed = template;
    return (own != null && whose.test(own)) || (narrowed != null && whose.test(narrowed));
  }

  /** From now on what is looked up is what a token leaves of its template. Event loop. */
  void follow(TokenCredential of, CredentialId from) {
    token = of;
    template = from;
  }

  /** What is known now; after the end, what was known before it. Event loop. */
  SessionFacts facts() {
    return new SessionFacts(id, client.peer(), client.tlsVersion(), client.proof(),
        compute.processId(), known(), compute.traffic(),
        Duration.ofNanos(rooms.nanoTime().getAsLong() - begun));
  }

  private Known known() {
    return atTheEnd == null ? Known.of(state, phases.passed(Phase.AUTH)) : atTheEnd;
  }

  /** Whether initial packets are to be read now. */
  boolean awaitsPacket() {
    return state instanceof SessionState.Opening;
  }

  /** Hands an event to the machine, now or after those that came before it. Event loop. */
  void handle(SessionEvent event) {
    events.add(event);
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      for (var next = events.poll(); next != null; next = events.poll()) {
        step(next);
      }
    } catch (RuntimeException e) {
      log.atError().addKeyValue("session", id).setCause(e).log("session machine failed");
      client.channel().close();
    } finally {
      stepping = false;
    }
  }

  /** The same, from any thread. */
  void tell(SessionEvent event) {
    onLoop(() -> handle(event));
  }

  /** Now if this is the event loop, else soon. */
  void onLoop(Runnable work) {
    if (loop.inEventLoop()) {
      work.run();
      return;
    }
    try {
      loop.execute(work);
    } catch (RejectedExecutionException e) {
      // The event loop has ended, and every channel of it with it.
      log.atDebug().addKeyValue("session", id).log("event after the end");
    }
  }

  /** Makes an event of a stage's end, whichever it is. */
  <T> void whenDone(CompletionStage<T> stage,
      BiFunction<? super @Nullable T, ? super @Nullable Throwable, SessionEvent> event) {
    stage.whenComplete((value, failure) -> tell(event.apply(value, failure)));
  }

  /** A bug of ours: says so once, and ends the session. */
  void fail(Throwable cause) {
    log.atError().addKeyValue("session", id).setCause(cause).log("session failed");
    handle(new Broken(SessionFailure.Fixed.INTERNAL));
  }

  private void step(SessionEvent event) {
    var transition = sessions.machine().step(state, event);
    if (log.isDebugEnabled() && !transition.next().getClass().equals(state.getClass())) {
      log.atDebug()
          .addKeyValue("session", id)
          .addKeyValue("from", state.getClass().getSimpleName())
          .addKeyValue("event", event.getClass().getSimpleName())
          .addKeyValue("to", transition.next().getClass().getSimpleName())
          .log("session step");
    }
    if (transition.next() instanceof Closed && atTheEnd == null) {
      atTheEnd = known();
    }
    state = transition.next();
    for (var action : transition.actions()) {
      try {
        perform(action);
      } catch (RuntimeException e) {
        fail(e);
      }
    }
    finishIfOver();
  }

  private void perform(SessionAction action) {
    switch (action) {
      case SessionAction.Send(var message, var flush) -> client.send(message, flush);
      case SessionAction.Answer(var answer) -> client.answer(answer);
      case SessionAction.StartTls _ -> client.startTls();
      case SessionAction.ExpectProof _ -> client.expectProof();
      case SessionAction.KeepAhead _ -> client.keepAhead();
      case SessionAction.OpenProof(var name) -> client.openProof(name);
      case SessionAction.CheckProof(var message) -> client.checkProof(message);
      case SessionAction.JudgeProof(var name, var found) -> client.judgeProof(name, found);
      case SessionAction.CountSecret(var name, var good) -> client.countSecret(name, good);
      case SessionAction.LeaveLobby _ -> client.leaveLobby();
      case SessionAction.LookUpCredential(var name) -> lookUp(name);
      case SessionAction.LookUpRoute(var account, var database) ->
        whenDone(rooms.directory().route(account, database),
            (route, failure) -> failure == null && route != null
                ? new RouteFound(route)
                : new LookupFailed(rooms.clock().instant()));
      case SessionAction.TakeSeat(var wanted) -> awaitSeat(wanted);
      case SessionAction.CheckSeat(var latest) -> checkSeat(latest);
      case SessionAction.LeaveSeat _ -> leaveSeat();
      case SessionAction.Wake wake -> compute.wake(wake);
      case SessionAction.AbandonWake _ -> compute.abandonWake();
      case SessionAction.Attach(var database) -> compute.attach(database);
      case SessionAction.Detach _ -> compute.detach();
      case SessionAction.TakeSlot slot -> compute.takeSlot(slot);
      case SessionAction.LeaveSlot _ -> compute.leaveSlot();
      case SessionAction.PrepareLogin login -> compute.prepareLogin(login);
      case SessionAction.Forget(var endpoint) -> rooms.computes().forget(endpoint);
      case SessionAction.Connect connect -> compute.connect(connect);
      case SessionAction.StopConnecting _ -> compute.stopConnecting();
      case SessionAction.Discard(var link) -> link.close();
      case SessionAction.Open open -> compute.open(open);
      case SessionAction.Restrict(var changed) -> compute.restrict(changed);
      case SessionAction.Hold _ -> compute.hold();
      case SessionAction.AnswerHold(var held) -> compute.answerHold(held);
      case SessionAction.Resume _ -> compute.resume();
      case SessionAction.SeeRest _ -> compute.seeRest();
      case SessionAction.StartTimer(var timer, var after) -> startTimer(timer, after);
      case SessionAction.StopTimer(var timer) -> stopTimer(timer);
      case SessionAction.Mark(var phase) -> phases.mark(phase);
      case Close close -> close(close);
      case SessionAction.Cancel(var request) -> cancel(request);
    }
  }

  private void lookUp(String name) {
    var narrowing = token;
    var known = narrowing == null
        ? rooms.directory().credential(name)
        : rooms.directory()
            .credential(narrowing.template())
            .thenApply(template -> template.map(narrowing::from));
    whenDone(known,
        (found, failure) -> failure == null && found != null
            ? new CredentialFound(found, rooms.clock().instant())
            : new LookupFailed(rooms.clock().instant()));
  }

  /** What the credential uses elsewhere may have to be asked for first; mostly it is known. */
  private void awaitSeat(Credential wanted) {
    sessions.ledger().known(wanted).whenComplete((known, failure) -> onLoop(() -> {
      if (state instanceof SessionState.Seating) {
        takeSeat(wanted);
      }
    }));
  }

  private void takeSeat(Credential wanted) {
    var refusal = notFromHere(wanted).or(() -> sessions.ledger()
        .enter(wanted.id(), wanted.scope().limits())
        .map(spent -> new LimitFailure.BudgetSpent(wanted.name(), spent)));
    if (refusal.isPresent()) {
      handle(new SeatRefused(refusal.get()));
    } else {
      seat = wanted.id();
      credential = wanted.id();
      handle(new SeatTaken());
    }
  }

  private void checkSeat(Credential latest) {
    notFromHere(latest).or(() -> sessions.ledger()
        .stays(latest.id(), latest.scope().limits())
        .map(spent -> new LimitFailure.BudgetSpent(latest.name(), spent)))
        .ifPresent(failure -> handle(new SeatRefused(failure)));
  }

  private Optional<SessionFailure> notFromHere(Credential wanted) {
    return wanted.scope().admits(client.peer())
        ? Optional.empty()
        : Optional.of(new SessionFailure.AddressNotAllowed(wanted.name(), client.peer()));
  }

  private void leaveSeat() {
    var taken = seat;
    seat = null;
    if (taken != null) {
      sessions.ledger().leave(taken);
    }
  }

  private void startTimer(Timer timer, Duration after) {
    stopTimer(timer);
    timers.put(timer,
        loop.schedule(() -> handle(new TimerFired(timer)), after.toNanos(), TimeUnit.NANOSECONDS));
  }

  private void stopTimer(Timer timer) {
    var running = timers.remove(timer);
    if (running != null) {
      running.cancel(false);
    }
  }

  private void close(Close close) {
    timers.values().forEach(timer -> timer.cancel(false));
    timers.clear();
    phases.report();
    close.lastWords().ifPresent(words -> rooms.observer().refused(facts(), words));
    if (!compute.end(close)) {
      client.close(close);
    }
  }

  /** The client waits for the end of its connection, so that comes first. */
  private void cancel(CancelRequest request) {
    var aimed = rooms.cancelKeys().aim(request, client.peer());
    client.channel().closeFuture().addListener(closed -> {
      var facts = facts();
      var _ = aimed.get()
          .thenAccept(
              outcome -> rooms.observer().cancelled(facts, request.processId(), outcome));
    });
  }

  /** Any thread; empty once the session is over. */
  CompletableFuture<Optional<SessionFacts>> factsSoon() {
    var told = new CompletableFuture<Optional<SessionFacts>>();
    try {
      loop.execute(() -> told.complete(
          state instanceof Closed ? Optional.empty() : Optional.of(facts())));
    } catch (RejectedExecutionException e) {
      told.complete(Optional.empty());
    }
    return told;
  }

  /** Any thread. */
  void reportBytes() {
    try {
      loop.execute(compute::reportBytes);
    } catch (RejectedExecutionException e) {
      log.atDebug().addKeyValue("session", id).log("event after the end");
    }
  }

  /** The client's channel is closed. */
  void channelClosed() {
    gone = true;
    client.leaveLobbyUnproven(rooms.settings().refusalStep());
    finishIfOver();
  }

  private void finishIfOver() {
    if (gone && state instanceof Closed(var reason) && sessions.remove(this)) {
      client.releaseAll();
      rooms.observer().closed(facts(), reason);
      log.atDebug()
          .addKeyValue("session", id)
          .addKeyValue("reason", reason.label())
          .log("session closed");
    }
  }
}
