package dev.reveille.proxy.session;

import dev.reveille.cell.Allowance;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Scope;
import dev.reveille.compute.AttachedSession;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.cancel.CancelKey;
import dev.reveille.proxy.cancel.CancelTarget;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.connect.LoginListener;
import dev.reveille.proxy.relay.Breach;
import dev.reveille.proxy.relay.ByteBudget;
import dev.reveille.proxy.relay.Relay;
import dev.reveille.proxy.relay.RelayListener;
import dev.reveille.proxy.relay.RelayScope;
import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.ClientLeft;
import dev.reveille.proxy.session.SessionEvent.ComputeLeft;
import dev.reveille.proxy.session.SessionEvent.Connected;
import dev.reveille.proxy.session.SessionEvent.EndAsked;
import dev.reveille.proxy.session.SessionEvent.Greeted;
import dev.reveille.proxy.session.SessionEvent.Held;
import dev.reveille.proxy.session.SessionEvent.HoldAsked;
import dev.reveille.proxy.session.SessionEvent.LimitReached;
import dev.reveille.proxy.session.SessionEvent.LoginFailed;
import dev.reveille.proxy.session.SessionEvent.LoginPrepared;
import dev.reveille.proxy.session.SessionEvent.Released;
import dev.reveille.proxy.session.SessionEvent.RestSeen;
import dev.reveille.proxy.session.SessionEvent.SlotTaken;
import dev.reveille.proxy.session.SessionEvent.Woken;
import dev.reveille.proxy.session.SessionFacts.Traffic;
import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.BackendMessage.ParameterStatus;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.MalformedMessageException;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The compute's side of a driver: the wake, the slot, the login, the connection and the relay. Owns
 * at most one of each. Event loop only, apart from {@link Attached}.
 */
final class ComputeSide {
  private final SessionDriver driver;
  private final Channel client;
  private dev.reveille.compute.@Nullable Wake wake;
  private @Nullable Attached attached;
  private @Nullable AutoCloseable attachment;
  private Slots.@Nullable Claim slot;
  private @Nullable Future<ConnectOutcome> connecting;
  private volatile @Nullable Relay relay;
  private @Nullable CancelKey key;
  private long clientBytes;
  private long computeBytes;

  ComputeSide(SessionDriver driver, Channel client) {
    this.driver = driver;
    this.client = client;
  }

  void wake(SessionAction.Wake asked) {
    var credential = asked.credential();
    var waking = driver.rooms()
        .computes()
        .wake(asked.route(),
            driver.sessions().ledger().starts(credential));
    wake = waking;
    driver.whenDone(waking.outcome(), (outcome, failure) -> new Woken(asked.attempt(),
        outcome == null ? new WakeOutcome.Failed("the wake was lost") : outcome));
  }

  void abandonWake() {
    var asked = wake;
    wake = null;
    if (asked != null) {
      asked.abandon();
    }
  }

  void attach(DatabaseId database) {
    var now = new Attached();
    attached = now;
    attachment = driver.rooms().computes().attach(database, now);
  }

  void detach() {
    var open = attachment;
    attachment = null;
    attached = null;
    if (open != null) {
      try {
        open.close();
      } catch (Exception e) {
        throw new IllegalStateException("a session could not be detached", e);
      }
    }
  }

  void takeSlot(SessionAction.TakeSlot wanted) {
    slot = driver.sessions()
        .slots()
        .claim(wanted.endpoint(), () -> driver.tell(new SlotTaken(wanted.attempt())));
  }

  void leaveSlot() {
    var claim = slot;
    slot = null;
    if (claim != null) {
      claim.release();
    }
  }

  void prepareLogin(SessionAction.PrepareLogin wanted) {
    driver.whenDone(
        driver.rooms().computes().login(wanted.route(), wanted.endpoint(), wanted.role()),
        (login, failure) -> login == null
            ? new LoginFailed(wanted.attempt())
            : new LoginPrepared(wanted.attempt(), login));
  }

  void connect(SessionAction.Connect wanted) {
    var attempt = wanted.attempt();
    var future = driver.rooms()
        .connector()
        .connect(client.eventLoop(), wanted.endpoint(), wanted.login(), wanted.parameters(),
            wanted.version(), new LoginListener() {
              @Override
              public void parameterStatus(String name, String value) {
                driver.handle(new Greeted(attempt, new ParameterStatus(name, value)));
              }

              @Override
              public void notice(ErrorFields notice) {
                driver.handle(new Greeted(attempt, new NoticeResponse(notice)));
              }
            });
    connecting = future;
    future.addListener((Future<ConnectOutcome> done) -> {
      if (done.isSuccess()) {
        driver.handle(
            new Connected(attempt, done.getNow(), driver.rooms().clock().instant()));
      }
    });
  }

  void stopConnecting() {
    var future = connecting;
    connecting = null;
    if (future != null) {
      future.cancel(false);
    }
  }

  void open(SessionAction.Open open) {
    connecting = null;
    var rooms = driver.rooms();
    var issued = rooms.cancelKeys().issue(open.version(), open.link().processId());
    key = issued;
    driver.client().send(new BackendKeyData(issued.processId(), issued.secret()), false);
    driver.client().send(new ReadyForQuery(open.link().status()), true);
    driver.phases().report();
    rooms.observer().ready(driver.facts(), driver.phases().timeline(open.database(), open.cold()));
    var interposed = rooms.interposers().between(driver.facts());
    interposed.ifPresent(client.pipeline()::addLast);
    // The relay's handlers come last, then ours go and pass on what the client sent ahead.
    var started = Relay.start(client, open.link(), new Heard(), rooms.relayLimits(),
        relayScope(open.credential().scope()), dailyBytes(open.credential()));
    rooms.observer().requests(driver.facts()).ifPresent(started::report);
    relay = started;
    takeCare(started, open.credential());
    interposed.ifPresent(one -> one.joined(started));
    driver.client().handOver();
    rooms.cancelKeys()
        .bind(issued, interposed.<CancelTarget>map(one -> one.before(started)).orElse(started));
  }

  private void takeCare(Relay running, Credential credential) {
    var known = driver.facts().known();
    if (known.databaseId().isPresent() && known.database().isPresent()) {
      driver.rooms()
          .precautions()
          .of(credential, known.databaseId().get(), known.database().get())
          .ifPresent(running::takeCare);
    }
  }

  private static RelayScope relayScope(Scope scope) {
    var limits = scope.limits();
    var allowed = scope.allowances();
    return new RelayScope(allowed.contains(Allowance.COPY_IN),
        allowed.contains(Allowance.COPY_OUT), allowed.contains(Allowance.LISTEN),
        allowed.contains(Allowance.FUNCTION_CALL), limits.frameBytes(), limits.sessionBytesOut(),
        limits.requestTime(), limits.idleTime());
  }

  private ByteBudget dailyBytes(Credential credential) {
    return driver.sessions()
        .ledger()
        .bytes(credential.id(), credential.scope().limits(),
            spent -> new LimitFailure.BudgetSpent(credential.name(), spent).fields());
  }

  void restrict(Credential credential) {
    var running = relay;
    if (running != null) {
      running.restrict(relayScope(credential.scope()),
          dailyBytes(credential));
      takeCare(running, credential);
    }
  }

  void hold() {
    var running = relay;
    driver.handle(new Held(running != null && running.hold()));
  }

  void answerHold(boolean held) {
    var current = attached;
    if (current != null) {
      current.answer(held);
    }
  }

  void resume() {
    var running = relay;
    if (running != null) {
      running.release();
    }
  }

  void seeRest() {
    var running = relay;
    driver.handle(new RestSeen(running != null && running.atRest()));
  }

  /** Ends the session through the relay, if it has one; false if the client was not handed over. */
  boolean end(SessionAction.Close close) {
    if (key != null) {
      driver.rooms().cancelKeys().retire(key);
    }
    var running = relay;
    if (running == null) {
      return false;
    }
    reportBytes();
    // Without words of ours one side has gone, and the relay sees to the other.
    close.lastWords().map(SessionFailure::fields).ifPresent(words -> {
      if (close.reason().atOnce()) {
        running.cutClient(words);
      } else {
        running.endClient(words);
      }
    });
    return true;
  }

  /** What the client was told that its process id is. */
  OptionalInt processId() {
    return key == null ? OptionalInt.empty() : OptionalInt.of(key.processId());
  }

  /** What has passed up to now. */
  Traffic traffic() {
    var running = relay;
    return running == null
        ? Traffic.NONE
        : new Traffic(running.clientBytes(), running.computeBytes(), running.answers());
  }

  /** Tells the observer what passed since the last time. */
  void reportBytes() {
    var running = relay;
    if (running == null) {
      return;
    }
    var fromClient = running.clientBytes();
    var fromCompute = running.computeBytes();
    driver.rooms().observer().bytes(fromClient - clientBytes, fromCompute - computeBytes);
    clientBytes = fromClient;
    computeBytes = fromCompute;
  }

  /** What the relay says; on the event loop. */
  private final class Heard implements RelayListener {
    @Override
    public void firstByte() {
      driver.phases().mark(Phase.FIRST_BYTE);
    }

    @Override
    public void clientClosed(boolean midQuery) {
      driver.handle(new ClientLeft(midQuery));
    }

    @Override
    public void computeClosed(boolean midQuery) {
      driver.handle(new ComputeLeft(midQuery));
    }

    @Override
    public void breached(Breach breach) {
      driver.handle(new LimitReached(new LimitFailure.Limited(breach)));
    }

    @Override
    public void malformed(MalformedMessageException reason) {
      driver.handle(new Broken(
          new SessionFailure.Malformed(reason.sqlState(), String.valueOf(reason.getMessage()))));
    }
  }

  /**
   * What the compute side sees of this session while it is attached once. Any thread. An order may
   * be on its way when the session leaves that compute for the next: then it is not for it any more,
   * and whoever asks it to hold still is not held up.
   */
  private final class Attached implements AttachedSession {
    private final ConcurrentLinkedQueue<CompletableFuture<Boolean>> asked = new ConcurrentLinkedQueue<>();

    /** Exact only on the event loop; {@link #hold} is what decides. */
    @Override
    public boolean atRest() {
      var running = relay;
      return running != null && running.atRest();
    }

    @Override
    public long lastActivityNanos() {
      var running = relay;
      return running == null
          ? driver.rooms().nanoTime().getAsLong()
          : running.lastActivityNanos();
    }

    @Override
    public CompletionStage<Boolean> hold() {
      var answer = new CompletableFuture<Boolean>();
      asked.add(answer);
      order(new HoldAsked());
      if (client.eventLoop().isShuttingDown()) {
        answer.complete(true);
      }
      return answer;
    }

    @Override
    public void release() {
      order(new Released());
    }

    @Override
    public void end(EndReason reason) {
      order(new EndAsked(reason));
    }

    private void order(SessionEvent event) {
      driver.onLoop(() -> {
        if (attached == this) {
          driver.handle(event);
        } else {
          answer(true);
        }
      });
    }

    void answer(boolean held) {
      for (var next = asked.poll(); next != null; next = asked.poll()) {
        next.complete(held);
      }
    }
  }
}
