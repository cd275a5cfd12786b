package dev.reveille.proxy.audit;

import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialKind;
import dev.reveille.proxy.audit.AuditEvent.BudgetExceeded;
import dev.reveille.proxy.audit.AuditEvent.Cancel;
import dev.reveille.proxy.audit.AuditEvent.ConnectionRefused;
import dev.reveille.proxy.audit.AuditEvent.Request;
import dev.reveille.proxy.audit.AuditEvent.SessionEnded;
import dev.reveille.proxy.audit.AuditEvent.SessionStarted;
import dev.reveille.proxy.cancel.CancelOutcome;
import dev.reveille.proxy.relay.RequestKind;
import dev.reveille.proxy.relay.RequestListener;
import dev.reveille.proxy.session.CloseReason;
import dev.reveille.proxy.session.Layer;
import dev.reveille.proxy.session.Phase;
import dev.reveille.proxy.session.SessionFacts;
import dev.reveille.proxy.session.SessionFailure;
import dev.reveille.proxy.session.SessionObserver;
import dev.reveille.proxy.session.SessionTimeline;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Writes down what happens to sessions. A client that says nothing leaves no trace; one that is told
 * why it is not served, or fails in the TLS handshake, leaves a refusal; one that has proved its
 * credential leaves an end as well, however it went. Called on all event loops; never blocks.
 */
public final class AuditObserver implements SessionObserver {
  private final Audit audit;
  private final Predicate<CredentialKind> audited;
  private final int textBytes;

  /**
   * Writes to {@code audit}.
   *
   * @param audited of which credentials the statements are written down
   * @param textBytes how much of their text; 0 for none
   */
  public AuditObserver(Audit audit, Predicate<CredentialKind> audited, int textBytes) {
    this.audit = audit;
    this.audited = audited;
    this.textBytes = textBytes;
  }

  @Override
  public void ready(SessionFacts session, SessionTimeline timeline) {
    long total = timeline.nanos().values().stream().mapToLong(Long::longValue).sum();
    audit.record(new SessionStarted(subject(session), session.client(), session.tls(),
        session.proof().orElse(""), session.processId(), timeline.cold(),
        took(timeline, Phase.AUTH), took(timeline, Phase.WAKE), Duration.ofNanos(total)));
  }

  private static Duration took(SessionTimeline timeline, Phase phase) {
    return Duration.ofNanos(timeline.nanos().getOrDefault(phase, 0L));
  }

  @Override
  public void refused(SessionFacts session, SessionFailure failure) {
    session.known()
        .layer()
        .ifPresent(reached -> audit.record(new ConnectionRefused(subject(session),
            layer(failure.kind(), reached), failure.sqlState(), failure.kind().label(),
            Optional.of(session.client()), unproved(session), 1)));
    failure.limitReached()
        .ifPresent(limit -> audit.record(new BudgetExceeded(subject(session), limit.name(),
            limit.value(), Optional.of(session.client()), 1)));
  }

  @Override
  public Optional<RequestListener> requests(SessionFacts session) {
    return session.known()
        .credential()
        .filter(credential -> audited.test(credential.kind()))
        .map(credential -> new Requests(subject(session)));
  }

  /** The statements of one session. */
  private final class Requests implements RequestListener {
    private final Subject subject;

    Requests(Subject subject) {
      this.subject = subject;
    }

    @Override
    public int textBytes() {
      return textBytes;
    }

    @Override
    public void requested(RequestKind kind, Optional<String> sha256, long bytes,
        Optional<String> text) {
      audit.record(new Request(subject, kind.label(), sha256, bytes, text));
    }
  }

  /** What was wrong says where, when a later state would only say how far it was noticed. */
  private static Layer layer(SessionFailure.Kind kind, Layer reached) {
    return switch (kind) {
      case UNPROVEN, DOWNGRADE, LIMITED -> Layer.PROOF;
      case NO_DATABASE, ARCHIVED -> Layer.ROUTE;
      case EXPIRED, REVOKED, OUT_OF_SCOPE, CONNECTIONS, ADDRESS, CONNECTS -> Layer.ADMISSION;
      case WAITERS, WAKING, WAKE_FAILED, WAKES, ACCOUNT -> Layer.WAKE;
      case UNREACHABLE, COMPUTE -> Layer.COMPUTE;
      case MALFORMED, UNSUPPORTED, PLAINTEXT, TIMEOUT, CATALOG, DRAINING, ENDED, INTERNAL ->
        reached;
      // Of established sessions, apart from the last.
      case MESSAGE_KIND, FRAME_BYTES, BYTES_OUT, REQUEST_TIME, IDLE_TIME, IDLE_IN_TRANSACTION,
          SESSION_TIME ->
        reached;
    };
  }

  @Override
  public void closed(SessionFacts session, CloseReason reason) {
    boolean handshake = session.known().layer().equals(Optional.of(Layer.TLS));
    if (handshake && reason != CloseReason.PROBE && reason != CloseReason.DRAINED) {
      audit.record(new ConnectionRefused(subject(session), Layer.TLS, "", "handshake",
          Optional.of(session.client()), Optional.empty(), 1));
    } else if (session.known().credential().isPresent()) {
      audit.record(new SessionEnded(subject(session), session.client(), reason.label(),
          session.known().served(), session.traffic().fromClient(),
          session.traffic().fromCompute(), session.traffic().requests(), session.age()));
    }
  }

  @Override
  public void cancelled(SessionFacts session, int processId, CancelOutcome outcome) {
    audit.record(new Cancel(Subject.NONE, Optional.of(session.client()),
        outcome.name().toLowerCase(Locale.ROOT), OptionalInt.of(processId), 1));
  }

  private static Subject subject(SessionFacts session) {
    Optional<Credential> credential = session.known().credential();
    return new Subject(credential.map(Credential::account), session.known().databaseId(),
        session.known().database(), credential.map(Credential::name),
        OptionalLong.of(session.id()));
  }

  /** The name that was given, unless it is a proved one. */
  private static Optional<String> unproved(SessionFacts session) {
    return session.known().credential().isPresent()
        ? Optional.empty()
        : session.known().claimed();
  }
}
