package dev.reveille.proxy.audit;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Route;
import dev.reveille.compute.RoleListener;
import dev.reveille.proxy.session.Layer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything that is written down: a closed set, a record for each {@link AuditKind}, one for all that
 * become of a database that is there. Holds no
 * secret, no verifier and no parameter of a statement. Immutable.
 */
public sealed interface AuditEvent {
  /** Which of the closed set. */
  AuditKind kind();

  /** Whom and what it is about. */
  Subject subject();

  /**
   * A connection was not served.
   *
   * @param layer how far it came
   * @param sqlState what it was told; empty when it was told nothing
   * @param reason a bounded word
   * @param claimed the name that it gave and did not prove
   * @param count how many alike this one stands for
   */
  record ConnectionRefused(Subject subject, Layer layer, String sqlState, String reason,
      Optional<InetAddress> client, Optional<String> claimed, long count) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.CONNECTION_REFUSED;
    }
  }

  /**
   * A session has reached ReadyForQuery.
   *
   * @param tls the version of TLS; empty in plaintext
   * @param proof how the credential was proved
   * @param processId that the client was told, which is the compute's
   * @param cold whether it waited for a compute to start
   * @param auth from the StartupMessage to the proof
   * @param wake the wait for the compute
   * @param total from the accepted connection to ReadyForQuery
   */
  record SessionStarted(Subject subject, InetAddress client, Optional<String> tls, String proof,
      OptionalInt processId, boolean cold, Duration auth, Duration wake,
      Duration total) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.SESSION_STARTED;
    }
  }

  /**
   * A session is over.
   *
   * @param reason of a bounded set
   * @param served whether it had reached ReadyForQuery
   * @param requests answered with ReadyForQuery
   */
  record SessionEnded(Subject subject, InetAddress client, String reason, boolean served,
      long bytesFromClient, long bytesFromCompute, long requests, Duration length)
      implements
        AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.SESSION_ENDED;
    }
  }

  /**
   * A client asked for something.
   *
   * @param request what, as a bounded word
   * @param sha256 of the statement's bytes as they were sent, in hex; empty where there is none
   * @param bytes how long the statement is
   * @param text the beginning of the statement, if that is configured
   */
  record Request(Subject subject, String request, Optional<String> sha256, long bytes,
      Optional<String> text) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.REQUEST;
    }
  }

  /**
   * A limit was reached.
   *
   * @param budget which, as a bounded word
   * @param limit its value, with its unit
   * @param client who ran into it, if it was one client
   * @param count how many times alike this one stands for
   */
  record BudgetExceeded(Subject subject, String budget, String limit, Optional<InetAddress> client,
      long count) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.BUDGET_EXCEEDED;
    }
  }

  /**
   * A cancel request came in.
   *
   * @param outcome a bounded word
   * @param processId that the request named
   * @param count how many alike this one stands for
   */
  record Cancel(Subject subject, Optional<InetAddress> client, String outcome,
      OptionalInt processId, long count) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.CANCEL;
    }
  }

  /**
   * A credential was made.
   *
   * @param parent the credential that it was narrowed from
   * @param by who asked for it: {@code control}, or the name of a credential
   */
  record CredentialCreated(AccountId account, String credential, CredentialKind credentialKind,
      Mode mode, Instant expiresAt, Optional<String> parent, String by) implements AuditEvent {
    /** What {@code credential} says; {@code parent} by name. */
    public static CredentialCreated of(Credential credential, Optional<String> parent, String by) {
      return new CredentialCreated(credential.account(), credential.name(), credential.kind(),
          credential.mode(), credential.expiresAt(), parent, by);
    }

    @Override
    public AuditKind kind() {
      return AuditKind.CREDENTIAL_CREATED;
    }

    @Override
    public Subject subject() {
      return Subject.credential(account, credential);
    }
  }

  /** A credential may do less from now on: this, until then. */
  record CredentialNarrowed(AccountId account, String credential, Mode mode, Instant expiresAt,
      String by) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.CREDENTIAL_NARROWED;
    }

    @Override
    public Subject subject() {
      return Subject.credential(account, credential);
    }
  }

  /** A credential's secrets were changed; so many are live now. */
  record CredentialRotated(AccountId account, String credential, int live, String by)
      implements
        AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.CREDENTIAL_ROTATED;
    }

    @Override
    public Subject subject() {
      return Subject.credential(account, credential);
    }
  }

  /** A credential was ended before its time, and all that were narrowed from it. */
  record CredentialRevoked(AccountId account, String credential, String by) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.CREDENTIAL_REVOKED;
    }

    @Override
    public Subject subject() {
      return Subject.credential(account, credential);
    }
  }

  /** A credential's time ran out. */
  record CredentialExpired(AccountId account, String credential, Instant expiredAt)
      implements
        AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.CREDENTIAL_EXPIRED;
    }

    @Override
    public Subject subject() {
      return Subject.credential(account, credential);
    }
  }

  /** The role of a credential on a compute was made, altered or ended. */
  record RoleChanged(Subject subject, RoleListener.Change change) implements AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.ROLE_CHANGED;
    }
  }

  /** A database was made. */
  record DatabaseCreated(AccountId account, DatabaseId id, String name, String by)
      implements
        AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.DATABASE_CREATED;
    }

    @Override
    public Subject subject() {
      return Subject.database(account, id, name);
    }
  }

  /** A database was dropped. */
  record DatabaseDropped(AccountId account, DatabaseId id, String name, String by)
      implements
        AuditEvent {
    @Override
    public AuditKind kind() {
      return AuditKind.DATABASE_DROPPED;
    }

    @Override
    public Subject subject() {
      return Subject.database(account, id, name);
    }
  }

  /**
   * Something became of a database that is there.
   *
   * @param kind one of the kinds that the methods here give
   * @param facts by name, in the order in which they are shown
   */
  record DatabaseChanged(AuditKind kind, Subject subject, Map<String, String> facts, String by)
      implements
        AuditEvent {
    public DatabaseChanged {
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    private static DatabaseChanged of(AuditKind kind, Route route, String by, String... facts) {
      Map<String, String> named = new LinkedHashMap<>();
      for (int i = 0; i < facts.length; i += 2) {
        named.put(facts[i], facts[i + 1]);
      }
      return new DatabaseChanged(kind,
          Subject.database(route.account(), route.database(), route.name()), named, by);
    }

    public static DatabaseChanged renamed(Route route, String to, String by) {
      return of(AuditKind.DATABASE_RENAMED, route, by, "to", to);
    }

    /** Settings were changed: {@code settings} as they were written */
    public static DatabaseChanged altered(Route route, Map<String, String> settings, String by) {
      return new DatabaseChanged(AuditKind.DATABASE_ALTERED,
          Subject.database(route.account(), route.database(), route.name()), settings, by);
    }

    /** It is what it was at the checkpoint; restoring {@code before} undoes that. */
    public static DatabaseChanged restored(Route route, String checkpoint, String before,
        String by) {
      return of(AuditKind.DATABASE_RESTORED, route, by, "checkpoint", checkpoint, "before", before);
    }

    public static DatabaseChanged checkpointMade(Route route, String checkpoint,
        CheckpointKind kind, String by) {
      return of(AuditKind.CHECKPOINT_MADE, route, by, "checkpoint", checkpoint, "checkpoint_kind",
          kind.word());
    }

    public static DatabaseChanged checkpointDropped(Checkpoint checkpoint, String by) {
      return new DatabaseChanged(AuditKind.CHECKPOINT_DROPPED,
          Subject.database(checkpoint.account(), checkpoint.database(), checkpoint.databaseName()),
          Map.of("checkpoint", checkpoint.name()), by);
    }

    /** It expires soon; {@code why} is {@code ttl} or {@code orphan}. */
    public static DatabaseChanged expiring(Route route, String why, String by) {
      return of(AuditKind.DATABASE_EXPIRING, route, by, "expires_at",
          route.lifetime().expiresAt().map(Instant::toString).orElse(""), "why", why);
    }

    public static DatabaseChanged archived(Route route, String by) {
      return of(AuditKind.DATABASE_ARCHIVED, route, by);
    }

    public static DatabaseChanged unarchived(Route route, String by) {
      return of(AuditKind.DATABASE_UNARCHIVED, route, by);
    }

    public static DatabaseChanged expired(Route route, String by) {
      return of(AuditKind.DATABASE_EXPIRED, route, by);
    }
  }
}
