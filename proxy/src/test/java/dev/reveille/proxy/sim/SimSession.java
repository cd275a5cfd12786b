package dev.reveille.proxy.sim;

import dev.reveille.auth.ScramRefusal;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.compute.Login;
import dev.reveille.proxy.session.CloseReason;
import dev.reveille.proxy.session.SessionAction;
import dev.reveille.proxy.session.SessionEvent;
import dev.reveille.proxy.session.SessionEvent.ClientLeft;
import dev.reveille.proxy.session.SessionEvent.ComputeLeft;
import dev.reveille.proxy.session.SessionEvent.Connected;
import dev.reveille.proxy.session.SessionEvent.CredentialFound;
import dev.reveille.proxy.session.SessionEvent.LoginFailed;
import dev.reveille.proxy.session.SessionEvent.LoginPrepared;
import dev.reveille.proxy.session.SessionEvent.PacketRead;
import dev.reveille.proxy.session.SessionEvent.ProofClaimed;
import dev.reveille.proxy.session.SessionEvent.ProofContinued;
import dev.reveille.proxy.session.SessionEvent.ProofGiven;
import dev.reveille.proxy.session.SessionEvent.ProofOpened;
import dev.reveille.proxy.session.SessionEvent.ProofRead;
import dev.reveille.proxy.session.SessionEvent.ProofRefused;
import dev.reveille.proxy.session.SessionEvent.Secured;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionFailure;
import dev.reveille.proxy.session.SessionState;
import dev.reveille.proxy.session.Timer;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.InitialPacket.SslRequest;
import dev.reveille.wire.ProofMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session: the real machine, driven as the driver does, for a client that behaves as was drawn.
 */
final class SimSession {
  private static final byte[] NOTHING = {};

  private final int id;
  private final World world;
  private final World.Lane loop;
  private final SimProxy proxy;
  private final SimClient client;
  private final PlantedSessionMachine machine;
  private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
  private final Map<Timer, World.Pending> timers = new EnumMap<>(Timer.class);
  private final List<Consumer<Boolean>> holds = new ArrayList<>();
  private SessionState state;
  private boolean stepping;
  private long claimed = -1;
  private boolean proven;
  private boolean ready;
  private int closes;
  private boolean busy;
  private boolean held;
  private long wakes;
  private @Nullable SimDatabase woken;
  private @Nullable SimDatabase attached;
  private int attachments;
  private final SimPlaces places;
  private @Nullable SimLink link;
  private int connecting;

  SimSession(World world, SimProxy proxy, int id) {
    this.id = id;
    this.world = world;
    this.proxy = proxy;
    loop = world.new Lane();
    client = SimClient.drawn(world);
    places = new SimPlaces(this, proxy);
    machine = new PlantedSessionMachine(world);
    var first = machine.start();
    state = first.next();
    first.actions().forEach(this::perform);
  }

  SimProxy proxy() {
    return proxy;
  }

  boolean over() {
    return state instanceof SessionState.Closed;
  }

  boolean busy() {
    return busy && !over();
  }

  boolean relaysTo(SimDatabase database, long epoch) {
    var current = link;
    return state instanceof SessionState.Relaying && current != null && current.open
        && current.database == database
        && current.epoch == epoch;
  }

  void arrive() {
    world.after(World.SETTINGS.loginTimeout().toMillis() + 1,
        () -> world.check(over() || proven, "past the login timeout: %s", this));
    if (!client.patient()) {
      world.after(world.between(0, 4_000), this::leave);
    }
    switch (client.kind()) {
      case PROBE -> world.after(world.between(0, 50), this::leave);
      case PLAINTEXT -> soon(new PacketRead(client.startup(), 0));
      case NOISE ->
        soon(new SessionEvent.Broken(new SessionFailure.Malformed("invalid length")));
      case CANCEL -> soon(new PacketRead(
          new CancelRequest(1, CancelSecret.random(new Random(1), 4)), 0));
      case DRIVER -> soon(new PacketRead(new SslRequest(), 0));
    }
  }

  private void leave() {
    if (!over()) {
      tell(new ClientLeft(busy));
    }
  }

  /** From another thread. */
  void soon(SessionEvent event) {
    loop.run(() -> tell(event));
  }

  /** Which of its attachments an order of the compute side is for. */
  int attachment() {
    return attachments;
  }

  /** As the driver does: an order for an attachment that is no more is not heard. */
  void order(int attachment, SessionEvent event) {
    loop.run(() -> {
      if (attachment == attachments) {
        tell(event);
      } else if (event instanceof SessionEvent.HoldAsked) {
        answerHolds(true);
      }
    });
  }

  private void answerHolds(boolean held) {
    List.copyOf(holds).forEach(asked -> asked.accept(held));
    holds.clear();
  }

  void tell(SessionEvent event) {
    events.add(event);
    if (stepping) {
      return;
    }
    stepping = true;
    for (var next = events.poll(); next != null; next = events.poll()) {
      var current = next;
      world.stepped(state, current, () -> this + " " + current);
      var transition = machine.step(state, current);
      state = transition.next();
      transition.actions().forEach(this::perform);
    }
    stepping = false;
  }

  private void perform(SessionAction action) {
    switch (action) {
      case SessionAction.Send(var message, _) -> sent(message);
      case SessionAction.Answer(var answer) ->
        world.check(answer == 'S', "TLS was refused: %s", this);
      case SessionAction.StartTls _ -> later(0, 20, () -> {
        tell(world.chance(0.02)
            ? new SessionEvent.TlsFailed()
            : new Secured(Optional.of("postgresql")));
        later(0, 5, () -> tell(new PacketRead(client.startup(), 0)));
      });
      case SessionAction.ExpectProof _,SessionAction.KeepAhead _,SessionAction.LeaveLobby _,SessionAction.Mark _,SessionAction.Cancel _,SessionAction.Restrict _ ->
        {
        }
      case SessionAction.LookUpCredential(var name) -> lookUp(name);
      case SessionAction.OpenProof _ -> tell(new ProofOpened(List.of("SCRAM-SHA-256")));
      case SessionAction.CheckProof(var message) -> {
        claimed = message instanceof ProofMessage.SaslResponse ? world.now() : claimed;
        tell(claimed < 0 ? new ProofContinued(NOTHING) : new ProofClaimed());
      }
      case SessionAction.JudgeProof(_, var credential) -> judge(credential);
      case SessionAction.CountSecret(_, var good) ->
        world.check(good == proven, "counted a secret as %s: %s", good, this);
      case SessionAction.LookUpRoute(_, var database) -> later(0, 10,
          () -> tell(world.chance(0.01)
              ? new SessionEvent.LookupFailed(world.instant())
              : new SessionEvent.RouteFound(world.route(database))));
      case SessionAction.TakeSeat(var credential) -> places.takeSeat(credential);
      case SessionAction.CheckSeat(var credential) -> places.checkSeat(credential);
      case SessionAction.LeaveSeat _ -> places.leaveSeat();
      case SessionAction.Wake(var attempt, var route, var credential) -> {
        world.check(proven, "a wake without proof: %s", this);
        woken = world.database(route.database());
        wakes = woken.wake(this, attempt,
            proxy.ledger.starts(credential.id(), credential.scope().limits()));
      }
      case SessionAction.AbandonWake _ -> {
        if (woken != null) {
          woken.abandoned(wakes);
          woken = null;
        }
      }
      case SessionAction.Attach(DatabaseId database) -> {
        attached = world.database(database);
        attachments++;
        attached.attach(this);
      }
      case SessionAction.Detach _ -> {
        if (attached != null) {
          attached.detach(this);
          attached = null;
          attachments++;
          answerHolds(true);
        }
      }
      case SessionAction.TakeSlot(var attempt, var endpoint) -> places.takeSlot(attempt, endpoint);
      case SessionAction.LeaveSlot _ -> places.leaveSlot();
      case SessionAction.PrepareLogin(var attempt, var route, var endpoint, _) -> later(0, 15,
          () -> tell(world.database(route.database()).serves(endpoint.epoch())
              ? new LoginPrepared(attempt, Login.trusted("a", "b"))
              : new LoginFailed(attempt)));
      case SessionAction.Forget(var endpoint) ->
        world.database(endpoint.database()).forget(endpoint.epoch());
      case SessionAction.Connect connect -> connect(connect);
      case SessionAction.StopConnecting _ -> connecting = 0;
      case SessionAction.Discard(var late) -> late.close();
      case SessionAction.Open(var opened, _, _, _, _) -> open((SimLink) opened);
      case SessionAction.Hold _ -> {
        held = !busy;
        tell(new SessionEvent.Held(held));
      }
      case SessionAction.AnswerHold(var answer) -> {
        world.check(!answer || !busy(), "a busy session is held: %s", this);
        answerHolds(answer);
      }
      case SessionAction.Resume _ -> held = false;
      case SessionAction.SeeRest _ -> tell(new SessionEvent.RestSeen(!busy));
      case SessionAction.StartTimer(var timer, var after) -> {
        stopTimer(timer);
        timers.put(timer,
            world.at(world.now() + after.toNanos(), () -> tell(new TimerFired(timer))));
      }
      case SessionAction.StopTimer(var timer) -> stopTimer(timer);
      case SessionAction.Close(var reason, var words) -> close(reason, words);
    }
  }

  private void later(long low, long high, Runnable what) {
    world.after(world.between(low, high), () -> {
      if (!over()) {
        what.run();
      }
    });
  }

  private void sent(BackendMessage message) {
    world.check(!over(), "a message after the end: %s", this);
    switch (message) {
      case BackendMessage.AuthenticationSasl _ -> later(0, 30, () -> tell(
          new ProofRead(new ProofMessage.SaslInitialResponse("SCRAM-SHA-256", NOTHING))));
      case BackendMessage.AuthenticationSaslContinue _ ->
        later(0, 30, () -> tell(new ProofRead(new ProofMessage.SaslResponse(NOTHING))));
      default -> world.check(proven, "said %s before the proof: %s", message, this);
    }
  }

  private void lookUp(String name) {
    world.check(claimed >= 0, "a look-up before the proof: %s", this);
    later(0, world.chance(0.05) ? 400 : 10, () -> tell(!ready && world.chance(0.01)
        ? new SessionEvent.LookupFailed(world.instant())
        : new CredentialFound(Optional.ofNullable(world.credentials.get(name)),
            world.instant())));
  }

  private void judge(Optional<Credential> credential) {
    if (client.secretIsRight() && credential.isPresent()) {
      proven = true;
      world.after(World.SETTINGS.wakeDeadline().toMillis() + 1,
          () -> world.check(over() || ready, "past the deadline: %s", this));
      tell(new ProofGiven(NOTHING, world.instant()));
    } else {
      tell(new ProofRefused(ScramRefusal.WRONG_SECRET, world.chance(0.01)));
    }
  }

  private void connect(SessionAction.Connect wanted) {
    connecting = wanted.attempt();
    world.after(world.between(0, 20), () -> {
      if (connecting == wanted.attempt()) {
        var outcome = world.database(wanted.endpoint().database())
            .connect(this, wanted.endpoint().epoch());
        // Cancelled on the way back, and yet it comes: the machine has to give it back.
        soon(new Connected(wanted.attempt(), outcome, world.instant()));
      }
    });
  }

  private void open(SimLink opened) {
    world.check(!ready, "ready twice: %s", this);
    ready = true;
    link = opened;
    if (!opened.open || !opened.database.serves(opened.epoch)) {
      soon(new ComputeLeft(false));
    }
    later(0, 50, this::work);
  }

  /** The client asks, waits for the answer, rests, asks again, and one day leaves. */
  private void work() {
    if (held) {
      later(5, 20, this::work);
      return;
    }
    if (!world.goesOn() || world.chance(0.1)) {
      leave();
      return;
    }
    busy = true;
    later(1, world.chance(0.05) ? 5_000 : 80, () -> {
      busy = false;
      later(0, world.chance(0.1) ? 8_000 : 400, this::work);
    });
  }

  /** The connection to the compute is cut. */
  void computeGone(SimLink cut) {
    cut.open = false;
    if (cut == link) {
      soon(new ComputeLeft(busy));
    }
  }

  void onHold(Consumer<Boolean> answer) {
    holds.add(answer);
  }

  void mustEndSoonIf(Credential revoked) {
    if (!over() && places.isSeatOf(revoked)) {
      world.after(1_000, () -> world.check(over(), "outlived its credential: %s", this));
    }
  }

  private void stopTimer(Timer timer) {
    var running = timers.remove(timer);
    if (running != null) {
      running.cancel();
    }
  }

  private void close(CloseReason reason, Optional<SessionFailure> words) {
    closes++;
    world.check(closes == 1, "ended twice: %s", this);
    world.check(!busy || reason != CloseReason.SUSPENDED, "a suspend cuts a busy session: %s",
        this);
    world.check(!proven || words.filter(SessionFailure.Unproven.class::isInstance).isEmpty(),
        "a right secret is called wrong: %s", this);
    world.check(ready || reason != CloseReason.REFUSED || words.isPresent()
        || client.kind() != SimClient.Kind.DRIVER || !proven, "refused without a word: %s", this);
    var step = World.SETTINGS.refusalStep().toNanos();
    world.check(words.filter(SessionFailure.Unproven.class::isInstance).isEmpty()
        || (world.now() > claimed && (world.now() - claimed) % step == 0),
        "the refusal tells when it was known: %s", this);
    List.copyOf(timers.keySet()).forEach(this::stopTimer);
    if (link != null) {
      link.close();
    }
  }

  @Override
  public String toString() {
    return "session " + id + " of " + client
        + " in " + state.getClass().getSimpleName();
  }
}
