package dev.reveille.proxy.session;

import dev.reveille.auth.ScramRefusal;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.Login;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.budget.Budget;
import dev.reveille.proxy.budget.Spent;
import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.relay.Breach;
import dev.reveille.proxy.session.SessionState.Caller;
import dev.reveille.proxy.session.SessionState.Errand;
import dev.reveille.proxy.session.SessionState.Greeting;
import dev.reveille.proxy.session.SessionState.Proven;
import dev.reveille.proxy.session.SessionState.Target;
import dev.reveille.proxy.session.SessionState.Tries;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.BackendMessage.ParameterStatus;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.InitialPacket.GssEncRequest;
import dev.reveille.wire.InitialPacket.SslRequest;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.ProofMessage;
import dev.reveille.wire.ProtocolVersion;
import dev.reveille.wire.Severity;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** One of each: a state of every kind, and every event in every way that makes a difference. */
final class Samples {
  static final SessionSettings SETTINGS = SessionSettings.DEFAULTS;
  static final Credential CREDENTIAL = Given.credential("a_agent");
  static final StartupMessage STARTUP = startup(Map.of("user", "a_agent", "database", "shop"));
  static final Caller CALLER = new Caller(ProtocolVersion.V3_0, STARTUP);
  static final Proven PROVEN = new Proven(CALLER, CREDENTIAL, Given.NOW);
  static final Errand ERRAND = new Errand(PROVEN, Given.route("shop"), 7, false);
  static final Target CACHED = new Target(Given.endpoint(Given.route("shop"), 1, 3, 10), false,
      false);
  static final Target FRESH = new Target(CACHED.endpoint(), true, true);
  static final Tries NO_TRIES = Tries.none(SETTINGS);
  static final ComputeLink LINK = (ComputeLink) Proxy.newProxyInstance(
      ComputeLink.class.getClassLoader(), new Class<?>[]{ComputeLink.class},
      (self, method, arguments) -> {
        throw new UnsupportedOperationException(method.getName());
      });

  private Samples() {
  }

  static StartupMessage startup(Map<String, String> parameters) {
    return new StartupMessage(ProtocolVersion.V3_0, new LinkedHashMap<>(parameters));
  }

  static ErrorFields error(String sqlState) {
    return ErrorFields.of(Severity.FATAL, sqlState, "the compute says " + sqlState);
  }

  static SessionState state(String name) {
    return Objects.requireNonNull(states().get(name), name);
  }

  static SessionEvent event(String name) {
    return Objects.requireNonNull(events().get(name), name);
  }

  static Map<String, SessionState> states() {
    var states = new LinkedHashMap<String, SessionState>();
    var plain = Greeting.fresh(true, false);
    states.put("Arriving", new SessionState.Arriving(plain));
    states.put("Opening", new SessionState.Opening(plain));
    states.put("Opening (TLS)", new SessionState.Opening(plain.askedForTls().underTls()));
    states.put("Securing", new SessionState.Securing(plain.askedForTls(), false));
    states.put("Securing (direct)", new SessionState.Securing(plain, true));
    states.put("Proving", new SessionState.Proving(CALLER, false));
    states.put("Proving (challenged)", new SessionState.Proving(CALLER, true));
    states.put("Identifying", new SessionState.Identifying(CALLER));
    states.put("Judging", new SessionState.Judging(CALLER, Optional.of(CREDENTIAL)));
    states.put("Judging (nobody)", new SessionState.Judging(CALLER, Optional.empty()));
    states.put("Failing",
        new SessionState.Failing(CALLER, new SessionFailure.Unproven("a_agent")));
    states.put("Routing", new SessionState.Routing(PROVEN));
    states.put("Seating", new SessionState.Seating(ERRAND));
    states.put("Waking", new SessionState.Waking(ERRAND));
    states.put("Readmitting", new SessionState.Readmitting(ERRAND, CACHED));
    states.put("Queueing", new SessionState.Queueing(ERRAND, CACHED));
    states.put("Preparing", new SessionState.Preparing(ERRAND, CACHED, NO_TRIES));
    states.put("Preparing (fresh)", new SessionState.Preparing(ERRAND, FRESH, NO_TRIES));
    states.put("Connecting", new SessionState.Connecting(ERRAND, CACHED, NO_TRIES));
    states.put("Connecting (fresh)", new SessionState.Connecting(ERRAND, FRESH, NO_TRIES));
    states.put("Pausing", new SessionState.Pausing(ERRAND, FRESH, NO_TRIES));
    states.put("Relaying", new SessionState.Relaying(PROVEN, CACHED, false));
    states.put("Relaying (draining)", new SessionState.Relaying(PROVEN, CACHED, true));
    states.put("Holding", new SessionState.Holding(PROVEN, CACHED));
    states.put("Closed", new SessionState.Closed(CloseReason.CLIENT_LEFT));
    return states;
  }

  static Map<String, SessionEvent> events() {
    var events = new LinkedHashMap<String, SessionEvent>();
    events.put("HeaderRead", new SessionEvent.HeaderRead());
    events.put("TlsSeen", new SessionEvent.TlsSeen());
    events.put("PacketRead SSLRequest", new SessionEvent.PacketRead(new SslRequest(), 0));
    events.put("PacketRead SSLRequest and more",
        new SessionEvent.PacketRead(new SslRequest(), 1));
    events.put("PacketRead GSSENCRequest", new SessionEvent.PacketRead(new GssEncRequest(), 0));
    events.put("PacketRead CancelRequest", new SessionEvent.PacketRead(
        new CancelRequest(1, CancelSecret.random(new Random(1), 4)), 0));
    events.put("PacketRead StartupMessage", new SessionEvent.PacketRead(STARTUP, 0));
    events.put("Secured postgresql", new SessionEvent.Secured(Optional.of("postgresql")));
    events.put("Secured without a protocol", new SessionEvent.Secured(Optional.empty()));
    events.put("TlsFailed", new SessionEvent.TlsFailed());
    events.put("ProofRead", new SessionEvent.ProofRead(new ProofMessage.SaslResponse(new byte[0])));
    events.put("Broken", new SessionEvent.Broken(new SessionFailure.Malformed("noise")));
    events.put("ClientLeft", new SessionEvent.ClientLeft(false));
    events.put("ProofOpened", new SessionEvent.ProofOpened(List.of("SCRAM-SHA-256")));
    events.put("ProofLimited", new SessionEvent.ProofLimited());
    events.put("ProofContinued", new SessionEvent.ProofContinued(new byte[0]));
    events.put("ProofGiven", new SessionEvent.ProofGiven(new byte[0], Given.NOW));
    events.put("PasswordWanted", new SessionEvent.PasswordWanted());
    events.put("ProofShown", new SessionEvent.ProofShown());
    events.put("ProofAccepted", new SessionEvent.ProofAccepted(CREDENTIAL, Given.NOW));
    events.put("ProofDenied", new SessionEvent.ProofDenied(
        new SessionFailure.NotAccepted("no", Optional.empty(), "other", true)));
    events.put("ProofDenied for now",
        new SessionEvent.ProofDenied(SessionFailure.Fixed.ISSUER_UNREACHABLE));
    events.put("ProofClaimed", new SessionEvent.ProofClaimed());
    events.put("ProofRefused wrong",
        new SessionEvent.ProofRefused(ScramRefusal.WRONG_SECRET, false));
    events.put("ProofRefused wrong, catalog away",
        new SessionEvent.ProofRefused(ScramRefusal.WRONG_SECRET, true));
    events.put("ProofRefused unbound",
        new SessionEvent.ProofRefused(ScramRefusal.BINDING_REQUIRED, false));
    credentials(events);
    computes(events);
    for (var reason : EndReason.values()) {
      events.put("EndAsked " + reason, new SessionEvent.EndAsked(reason));
    }
    events.put("HoldAsked", new SessionEvent.HoldAsked());
    events.put("Held yes", new SessionEvent.Held(true));
    events.put("Held no", new SessionEvent.Held(false));
    events.put("Released", new SessionEvent.Released());
    events.put("DrainAsked", new SessionEvent.DrainAsked(Duration.ofSeconds(5)));
    events.put("RestSeen yes", new SessionEvent.RestSeen(true));
    events.put("RestSeen no", new SessionEvent.RestSeen(false));
    events.put("LimitReached", new SessionEvent.LimitReached(
        new LimitFailure.Limited(Breach.sessionTime(Duration.ofHours(1)))));
    events.put("CredentialChanged", new SessionEvent.CredentialChanged());
    for (var timer : Timer.values()) {
      events.put("TimerFired " + timer, new SessionEvent.TimerFired(timer));
    }
    return events;
  }

  private static void credentials(Map<String, SessionEvent> events) {
    var elsewhere = new DatabaseScope.Only(Set.of(new DatabaseId(new UUID(0, 0))));
    events.put("CredentialFound", found(Optional.of(CREDENTIAL)));
    events.put("CredentialFound nothing", found(Optional.empty()));
    events.put("CredentialFound revoked", found(Optional.of(Given.revoked(CREDENTIAL))));
    events.put("CredentialFound out of scope",
        found(Optional.of(Given.scoped(CREDENTIAL, elsewhere))));
    events.put("RouteFound", new SessionEvent.RouteFound(Optional.of(Given.route("shop"))));
    events.put("RouteFound nothing", new SessionEvent.RouteFound(Optional.empty()));
    events.put("LookupFailed", new SessionEvent.LookupFailed(Given.NOW));
    events.put("SeatTaken", new SessionEvent.SeatTaken());
    events.put("SeatRefused", new SessionEvent.SeatRefused(
        new LimitFailure.BudgetSpent("a_agent",
            new Spent(Budget.CONNECTIONS, 3, Optional.empty()))));
  }

  private static SessionEvent found(Optional<Credential> credential) {
    return new SessionEvent.CredentialFound(credential, Given.NOW);
  }

  private static void computes(Map<String, SessionEvent> events) {
    events.put("Woken Ready", new SessionEvent.Woken(7,
        new WakeOutcome.Ready(CACHED.endpoint(), true)));
    events.put("Woken TooManyWaiters",
        new SessionEvent.Woken(7, new WakeOutcome.TooManyWaiters(5)));
    events.put("Woken BackingOff", new SessionEvent.Woken(7,
        new WakeOutcome.BackingOff(Duration.ofSeconds(3), "it fails")));
    events.put("Woken Failed", new SessionEvent.Woken(7, new WakeOutcome.Failed("it fails")));
    events.put("Woken Dropped", new SessionEvent.Woken(7, new WakeOutcome.Dropped()));
    events.put("Woken NotAllowed",
        new SessionEvent.Woken(7, new WakeOutcome.NotAllowed(Given.NOW)));
    events.put("Woken late", new SessionEvent.Woken(6, new WakeOutcome.Dropped()));
    events.put("SlotTaken", new SessionEvent.SlotTaken(7));
    events.put("LoginPrepared", new SessionEvent.LoginPrepared(7, Login.trusted("a", "b")));
    events.put("LoginFailed", new SessionEvent.LoginFailed(7));
    events.put("Greeted ParameterStatus",
        new SessionEvent.Greeted(7, new ParameterStatus("TimeZone", "UTC")));
    events.put("Greeted NoticeResponse", new SessionEvent.Greeted(7, new NoticeResponse(
        ErrorFields.of(Severity.NOTICE, "00000", "hello"))));
    events.put("Connected Ready", connected(7, new ConnectOutcome.Ready(LINK)));
    events.put("Connected Ready late", connected(6, new ConnectOutcome.Ready(LINK)));
    for (var sqlState : List.of("53300", "57P03", "42704")) {
      events.put("Connected Refused " + sqlState,
          connected(7, new ConnectOutcome.Refused(error(sqlState))));
    }
    events.put("Connected Unreachable", connected(7, new ConnectOutcome.Unreachable("gone")));
    events.put("ComputeLeft", new SessionEvent.ComputeLeft(false));
    events.put("ComputeLeft mid-query", new SessionEvent.ComputeLeft(true));
  }

  static SessionEvent connected(int attempt, ConnectOutcome outcome) {
    return new SessionEvent.Connected(attempt, outcome, Given.NOW);
  }
}
