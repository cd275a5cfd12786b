package dev.reveille.proxy.session;

import dev.reveille.auth.ScramRefusal;
import dev.reveille.cell.Credential;
import dev.reveille.cell.Route;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.Login;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.InitialPacket;
import dev.reveille.wire.ProofMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Everything that can happen to a session. */
public sealed interface SessionEvent {

  /** What the client did. */
  sealed interface ClientEvent extends SessionEvent {
  }

  /** What became of the proof. */
  sealed interface ProofEvent extends SessionEvent {
  }

  /** Answers of the directory and of the seats. */
  sealed interface AdmissionEvent extends SessionEvent {
  }

  /** Answers of the compute side. */
  sealed interface ComputeEvent extends SessionEvent {
  }

  /** What the session is told to do. */
  sealed interface OrderEvent extends SessionEvent {
  }

  /** The PROXY header was read. */
  record HeaderRead() implements ClientEvent {}

  /** The first byte is that of a TLS record. */
  record TlsSeen() implements ClientEvent {}

  /**
   * One initial packet.
   *
   * @param bytesBehind how many bytes had arrived behind it
   */
  record PacketRead(InitialPacket packet, int bytesBehind) implements ClientEvent {}

  /** The TLS handshake is done, with this application protocol. */
  record Secured(Optional<String> applicationProtocol) implements ClientEvent {}

  /** The TLS handshake failed; the engine has sent its alert. */
  record TlsFailed() implements ClientEvent {}

  /** A message of the SASL exchange. */
  record ProofRead(ProofMessage message) implements ClientEvent {}

  /** Bytes that cannot be understood, or a message out of order. */
  record Broken(SessionFailure failure) implements ClientEvent {}

  /**
   * The client closed its side, or its connection broke.
   *
   * @param midQuery whether a request of its was in flight
   */
  record ClientLeft(boolean midQuery) implements ClientEvent {}

  /** The exchange can begin; these are the mechanisms to offer. */
  record ProofOpened(List<String> mechanisms) implements ProofEvent {}

  /** The client is to send a password, which is a token. */
  record PasswordWanted() implements ProofEvent {}

  /** A token or a certificate was verified; whether it is the login's is still to be judged. */
  record ProofShown() implements ProofEvent {}

  /** What was shown stands for this credential: the login's own, or one that a token narrows. */
  record ProofAccepted(Credential credential, Instant now) implements ProofEvent {}

  /** What was shown is not accepted, and the client may be told so in these words. */
  record ProofDenied(SessionFailure failure) implements ProofEvent {}

  /** Too many wrong secrets of late: no proof is looked at now. */
  record ProofLimited() implements ProofEvent {}

  /** The client's first message is answered with this. */
  @SuppressWarnings("ArrayRecordComponent")
  record ProofContinued(byte[] serverFirst) implements ProofEvent {}

  /** The client's last message is in order; its proof is still to be judged. */
  record ProofClaimed() implements ProofEvent {}

  /** The secret is proved. */
  @SuppressWarnings("ArrayRecordComponent")
  record ProofGiven(byte[] serverFinal, Instant now) implements ProofEvent {}

  /**
   * The exchange failed.
   *
   * @param uncertain whether what the proof was compared with may be out of date, as the catalog
   *     cannot be reached
   */
  record ProofRefused(ScramRefusal refusal, boolean uncertain) implements ProofEvent {}

  /** The directory's answer for a login's name. */
  record CredentialFound(Optional<Credential> credential, Instant now) implements AdmissionEvent {}

  /** The directory's answer for a database's name. */
  record RouteFound(Optional<Route> route) implements AdmissionEvent {}

  /** The directory could not answer: not cached, and the catalog cannot be reached. */
  record LookupFailed(Instant now) implements AdmissionEvent {}

  /** The session counts among those of its credential from now on. */
  record SeatTaken() implements AdmissionEvent {}

  /** There is no place for this session, or not for one from there. */
  record SeatRefused(SessionFailure failure) implements AdmissionEvent {}

  /** The wake that was asked for at {@code attempt} ended so. */
  record Woken(int attempt, WakeOutcome outcome) implements ComputeEvent {}

  /** One of the compute's connections may be used. */
  record SlotTaken(int attempt) implements ComputeEvent {}

  /** The role exists; this is what to log in with. */
  record LoginPrepared(int attempt, Login login) implements ComputeEvent {}

  /** The compute could not be asked to prepare the role. */
  record LoginFailed(int attempt) implements ComputeEvent {}

  /** A ParameterStatus or a notice of the compute, during the login. */
  record Greeted(int attempt, BackendMessage message) implements ComputeEvent {}

  /** An attempt to connect ended so. */
  record Connected(int attempt, ConnectOutcome outcome, Instant now) implements ComputeEvent {}

  /**
   * The compute's connection ended under the session; the relay tells the client.
   *
   * @param midQuery whether a request was in flight
   */
  record ComputeLeft(boolean midQuery) implements ComputeEvent {}

  /** The compute is to be suspended: stop reading the client if nothing is in flight. */
  record HoldAsked() implements OrderEvent {}

  /** Whether the relay could be held. */
  record Held(boolean held) implements OrderEvent {}

  /** The suspend is off. */
  record Released() implements OrderEvent {}

  /** The compute side ends the session, or takes its compute away. */
  record EndAsked(EndReason reason) implements OrderEvent {}

  /** The proxy goes away: end at rest, or at the end of {@code patience}. */
  record DrainAsked(Duration patience) implements OrderEvent {}

  /** Whether the session is at rest, as was asked. */
  record RestSeen(boolean atRest) implements OrderEvent {}

  /** The relay has come to a limit, and passes nothing any more. */
  record LimitReached(SessionFailure failure) implements OrderEvent {}

  /** The credential was changed in the catalog. */
  record CredentialChanged() implements OrderEvent {}

  /** Time passed. */
  record TimerFired(Timer timer) implements SessionEvent {}
}
