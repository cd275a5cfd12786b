package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionAction.Answer;
import dev.reveille.proxy.session.SessionAction.Cancel;
import dev.reveille.proxy.session.SessionAction.ExpectProof;
import dev.reveille.proxy.session.SessionAction.Mark;
import dev.reveille.proxy.session.SessionAction.OpenProof;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.proxy.session.SessionAction.StartTls;
import dev.reveille.proxy.session.SessionEvent.AdmissionEvent;
import dev.reveille.proxy.session.SessionEvent.ComputeEvent;
import dev.reveille.proxy.session.SessionEvent.HeaderRead;
import dev.reveille.proxy.session.SessionEvent.OrderEvent;
import dev.reveille.proxy.session.SessionEvent.PacketRead;
import dev.reveille.proxy.session.SessionEvent.ProofEvent;
import dev.reveille.proxy.session.SessionEvent.Secured;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionEvent.TlsFailed;
import dev.reveille.proxy.session.SessionEvent.TlsSeen;
import dev.reveille.proxy.session.SessionFailure.Fixed;
import dev.reveille.proxy.session.SessionFailure.Malformed;
import dev.reveille.proxy.session.SessionState.Arriving;
import dev.reveille.proxy.session.SessionState.Caller;
import dev.reveille.proxy.session.SessionState.Greeting;
import dev.reveille.proxy.session.SessionState.Opening;
import dev.reveille.proxy.session.SessionState.Proving;
import dev.reveille.proxy.session.SessionState.Securing;
import dev.reveille.wire.BackendMessage.NegotiateProtocolVersion;
import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.InitialPacket.GssEncRequest;
import dev.reveille.wire.InitialPacket.SslRequest;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** From the accepted connection to a StartupMessage that is understood. */
final class StartupSteps {
  /** The application protocol registered for Postgres (Frontend/Backend Protocol, SSL). */
  static final String ALPN = "postgresql";

  private final SessionSettings settings;

  StartupSteps(SessionSettings settings) {
    this.settings = settings;
  }

  Transition arriving(Arriving state, SessionEvent event) {
    return switch (event) {
      case HeaderRead _ -> Transition.to(new Opening(state.greeting()));
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  Transition opening(Opening state, SessionEvent event) {
    var greeting = state.greeting();
    return switch (event) {
      case TlsSeen _ -> greeting.tlsOffered() && greeting.untouched()
          ? Transition.to(new Securing(greeting, true), new Mark(Phase.STARTUP), new StartTls())
          : Ending.close(state, CloseReason.MALFORMED);
      case PacketRead(SslRequest _, var behind) -> sslAsked(state, behind);
      case PacketRead(GssEncRequest _, var behind) -> gssAsked(state, behind);
      case PacketRead(CancelRequest request, _) -> {
        // Aimed before the client can see that it was heard.
        yield Ending.close(state, CloseReason.CANCEL_REQUEST).after(new Cancel(request));
      }
      case PacketRead(StartupMessage startup, _) -> started(state, startup);
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  Transition securing(Securing state, SessionEvent event) {
    return switch (event) {
      case Secured(var alpn) -> state.direct() && !alpn.equals(Optional.of(ALPN))
          ? Ending.close(state, CloseReason.MALFORMED)
          : Transition.to(new Opening(state.greeting().underTls()), new Mark(Phase.TLS));
      case TlsFailed _ -> Ending.close(state, CloseReason.MALFORMED);
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  private static Transition sslAsked(Opening state, int behind) {
    var greeting = state.greeting();
    if (greeting.sslAsked() || greeting.secured()) {
      return Ending.refuse(state, new Malformed("unexpected SSLRequest"));
    }
    if (behind > 0) {
      return Ending.refuse(state, new Malformed("received unencrypted data after SSL request"));
    }
    return greeting.tlsOffered()
        ? Transition.to(new Securing(greeting.askedForTls(), false), new Mark(Phase.STARTUP),
            new Answer('S'), new StartTls())
        : Transition.to(new Opening(greeting.askedForTls()), new Answer('N'));
  }

  private static Transition gssAsked(Opening state, int behind) {
    var greeting = state.greeting();
    if (greeting.gssAsked() || greeting.secured()) {
      return Ending.refuse(state, new Malformed("unexpected GSSENCRequest"));
    }
    if (behind > 0) {
      return Ending.refuse(state,
          new Malformed("received unencrypted data after GSSAPI encryption request"));
    }
    return Transition.to(new Opening(greeting.askedForGss()), new Answer('N'));
  }

  private Transition started(Opening state, StartupMessage startup) {
    var refusal = refusal(state.greeting(), startup);
    if (refusal.isPresent()) {
      return Ending.refuse(state, refusal.get());
    }
    var version = startup.version().negotiated();
    var unknown = List.copyOf(startup.protocolExtensions().keySet());
    var actions = new ArrayList<SessionAction>();
    actions.add(new Mark(Phase.STARTUP));
    actions.add(new ExpectProof());
    if (!version.equals(startup.version()) || !unknown.isEmpty()) {
      actions.add(new Send(new NegotiateProtocolVersion(version.minor(), unknown), false));
    }
    actions.add(new OpenProof(startup.user()));
    return new Transition(new Proving(new Caller(version, startup), false), actions);
  }

  private Optional<SessionFailure> refusal(Greeting greeting, StartupMessage startup) {
    if (!greeting.secured() && (greeting.tlsOnly() || !settings.plaintextAllowed())) {
      return Optional.of(Fixed.PLAINTEXT_REFUSED);
    }
    if (greeting.crowded()) {
      return Optional.of(new LimitFailure.TooManyConnections(
          "sorry, too many clients already", "sessions of the proxy", settings.maxSessions()));
    }
    try {
      startup.settings();
    } catch (MalformedMessageException e) {
      return Optional.of(new Malformed(e.sqlState(), String.valueOf(e.getMessage())));
    }
    return startup.parameter("replication").flatMap(StartupSteps::replication);
  }

  /** Spelled as Postgres' parse_bool does, or {@code database} (ProcessStartupPacket). */
  private static Optional<SessionFailure> replication(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "false", "off", "no", "0", "f", "n" -> Optional.empty();
      case "true", "on", "yes", "1", "t", "y", "database" -> Optional.of(
          new SessionFailure.Unsupported("replication connections are not offered",
              Optional.of("Connect without the replication parameter.")));
      default -> Optional.of(
          new Malformed("22023", "invalid value for parameter \"replication\""));
    };
  }
}
