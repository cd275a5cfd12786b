package dev.reveille.proxy.session;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.ProofMessage;
import dev.reveille.wire.ProtocolVersion;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Everything that a session's driver can be asked to do. */
public sealed interface SessionAction {

  /** Sends one message to the client; {@code flush} when nothing follows at once. */
  record Send(BackendMessage message, boolean flush) implements SessionAction {}

  /** Answers SSLRequest or GSSENCRequest with this one byte. */
  record Answer(char answer) implements SessionAction {}

  /** Puts TLS before everything else; what arrived of it already is its first input. */
  record StartTls() implements SessionAction {}

  /** Lets nothing but messages of the SASL exchange in from now on. */
  record ExpectProof() implements SessionAction {}

  /** Keeps what the client sends from now on for the relay. */
  record KeepAhead() implements SessionAction {}

  /** Asks the directory for a credential. */
  record LookUpCredential(String name) implements SessionAction {}

  /** Begins the exchange for this name, whether anybody has it or not. */
  record OpenProof(String name) implements SessionAction {}

  /** Hands the client's next message to the exchange. */
  record CheckProof(ProofMessage message) implements SessionAction {}

  /** Has the proof judged, by a verifier that nobody can prove where there is no credential. */
  record JudgeProof(String name, Optional<Credential> credential) implements SessionAction {}

  /** Tells the limiter how the proof went. */
  record CountSecret(String name, boolean good) implements SessionAction {}

  /** Makes room for the next stranger of the same address. */
  record LeaveLobby() implements SessionAction {}

  /** Asks the directory for a database. */
  record LookUpRoute(AccountId account, String database) implements SessionAction {}

  /** Counts this session among those of its credential, if there is room and it may come from there. */
  record TakeSeat(Credential credential) implements SessionAction {}

  /** Looks whether the seat would still be given; silent if so. */
  record CheckSeat(Credential credential) implements SessionAction {}

  /** Gives the seat back, if there is one. */
  record LeaveSeat() implements SessionAction {}

  /** Asks for the compute, which is started only if the credential has a wake left. */
  record Wake(int attempt, Route route, Credential credential) implements SessionAction {}

  /** No longer waits for it, or has attached. Harmless after the answer. */
  record AbandonWake() implements SessionAction {}

  /** Makes the session known to the compute side. */
  record Attach(DatabaseId database) implements SessionAction {}

  /** The reverse of {@link Attach}. */
  record Detach() implements SessionAction {}

  /** Queues for one of the compute's connections. */
  record TakeSlot(int attempt, ComputeEndpoint endpoint) implements SessionAction {}

  /** Leaves the queue, or gives the connection back. */
  record LeaveSlot() implements SessionAction {}

  /** Makes sure that the role exists on the compute. */
  record PrepareLogin(int attempt, Route route, ComputeEndpoint endpoint, LoginRole role)
      implements
        SessionAction {}

  /** This endpoint failed. */
  record Forget(ComputeEndpoint endpoint) implements SessionAction {}

  /** Connects and logs in. */
  record Connect(int attempt, ComputeEndpoint endpoint, Login login,
      Map<String, String> parameters, ProtocolVersion version) implements SessionAction {}

  /** Gives up the attempt to connect that is under way. */
  record StopConnecting() implements SessionAction {}

  /** Closes a connection that nobody waits for any more. */
  record Discard(ComputeLink link) implements SessionAction {}

  /** Sends the proxy's own BackendKeyData and ReadyForQuery, and lets the bytes pass. */
  record Open(ComputeLink link, ProtocolVersion version, String database, boolean cold,
      Credential credential)
      implements
        SessionAction {}

  /** From now on the relay goes by what this allows. */
  record Restrict(Credential credential) implements SessionAction {}

  /** Tries to bring the relay to a stop at rest. */
  record Hold() implements SessionAction {}

  /** Tells who asked whether the session is held. */
  record AnswerHold(boolean held) implements SessionAction {}

  /** Lets the bytes pass again. */
  record Resume() implements SessionAction {}

  /** Looks whether the session is at rest. */
  record SeeRest() implements SessionAction {}

  /** Starts or restarts a timer. */
  record StartTimer(Timer timer, Duration after) implements SessionAction {}

  /** Stops a timer, if it runs. */
  record StopTimer(Timer timer) implements SessionAction {}

  /** A phase is over. */
  record Mark(Phase phase) implements SessionAction {}

  /**
   * Closes both sides; what is in flight on the compute is cancelled.
   *
   * @param lastWords sent before, at a message boundary
   */
  record Close(CloseReason reason, Optional<SessionFailure> lastWords) implements SessionAction {}

  /** After the connection is closed: cancels what the request names. */
  record Cancel(CancelRequest request) implements SessionAction {}
}
