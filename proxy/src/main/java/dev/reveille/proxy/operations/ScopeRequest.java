package dev.reveille.proxy.operations;

import dev.reveille.cell.AddressRange;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.CheckpointBefore;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.InvalidNameException;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Scope;
import dev.reveille.cell.TableName;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What somebody asks a credential's scope to be. What was not said stays open: a new credential takes
 * the default of its kind, a narrower one what it is narrowed from.
 *
 * @param databases names; empty when nothing was said
 * @param ttl from its not-before on; in place of {@code expiresAt}, never beside it
 * @param schemas empty when nothing was said, as are {@code tables} and {@code addresses}
 * @param allow is added to what is usual, {@code deny} is taken away
 */
public record ScopeRequest(boolean allDatabases, List<String> databases, Optional<Mode> mode,
    Set<String> schemas, Set<TableName> tables, Optional<Duration> ttl,
    Optional<Instant> expiresAt, Optional<Instant> notBefore, List<AddressRange> addresses,
    Map<CredentialLimit, Object> limits, Set<Allowance> allow, Set<Allowance> deny,
    Optional<Boolean> channelBindingRequired, Optional<CheckpointBefore> checkpointBefore) {

  public ScopeRequest {
    databases = List.copyOf(databases);
    schemas = Set.copyOf(schemas);
    tables = Set.copyOf(tables);
    addresses = List.copyOf(addresses);
    limits = Map.copyOf(limits);
    allow = Set.copyOf(allow);
    deny = Set.copyOf(deny);
    require(ttl.isEmpty() || expiresAt.isEmpty(), "ttl and expires_at exclude each other");
    require(!allDatabases || databases.isEmpty(), "all databases and a list exclude each other");
    require(allow.stream().noneMatch(deny::contains), "the same is allowed and denied");
    if (allow.contains(Allowance.REPLICATION)) {
      throw new OperationFailure(Kind.INVALID, "replication is not offered (0A000)",
          "A copy of a database is made with pg_dump, which needs mode ro.");
    }
  }

  /** A scope for a new credential that is narrowed from none. */
  Scope fresh(CredentialKind kind, Instant now, Function<String, DatabaseId> ids) {
    require(allDatabases || !databases.isEmpty(),
        "name a database, or say that it is for all of them");
    Scope usual = Scope.usual(kind, new DatabaseScope.All(), Mode.RO, now);
    Instant start = notBefore.orElse(now);
    Scope scope = applied(usual, kind.limits(), start,
        end(start).orElse(start.plus(kind.usualLife())), ids);
    requireLife(kind, now, scope);
    return scope;
  }

  /** A scope for a new credential that is narrowed from one with the scope {@code wider}. */
  Scope child(Scope wider, CredentialKind kind, Instant now, Function<String, DatabaseId> ids) {
    Instant start = notBefore
        .orElse(now.isAfter(wider.notBefore()) ? now : wider.notBefore());
    Instant usual = start.plus(kind.usualLife());
    Scope scope = applied(wider, wider.limits().intersection(kind.limits()), start,
        end(start).orElse(usual.isBefore(wider.expiresAt()) ? usual : wider.expiresAt()), ids);
    requireLife(kind, now, scope);
    return scope;
  }

  /** The scope of a credential that stays, and may do less from now on. */
  Scope inPlace(Scope present, Instant now, Function<String, DatabaseId> ids) {
    return applied(present, present.limits(), notBefore.orElse(present.notBefore()),
        end(now).orElse(present.expiresAt()), ids);
  }

  private Scope applied(Scope open, CredentialLimits usual, Instant start,
      Instant end, Function<String, DatabaseId> ids) {
    Set<Allowance> allowances = EnumSet.noneOf(Allowance.class);
    allowances.addAll(open.allowances());
    allowances.addAll(allow);
    allowances.removeAll(deny);
    DatabaseScope reached = allDatabases ? new DatabaseScope.All() : open.databases();
    if (!databases.isEmpty()) {
      reached = new DatabaseScope.Only(
          Set.copyOf(databases.stream().map(ids).distinct().toList()));
    }
    require(!allow.contains(Allowance.MANAGE_DATABASES) || reached instanceof DatabaseScope.All,
        "who may make and drop databases may use all of them: say that it is for all");
    try {
      ObjectScope objects = schemas.isEmpty() && tables.isEmpty()
          ? open.objects()
          : new ObjectScope.Only(schemas, tables);
      return new Scope(reached, mode.orElse(open.mode()), objects, start, end,
          addresses.isEmpty() ? open.addresses() : addresses,
          CredentialLimit.with(usual, limits), allowances,
          channelBindingRequired.orElse(open.channelBindingRequired()),
          checkpointBefore.orElse(open.checkpointBefore()));
    } catch (IllegalArgumentException | InvalidNameException e) {
      throw new OperationFailure(Kind.INVALID, String.valueOf(e.getMessage()), "");
    }
  }

  private Optional<Instant> end(Instant start) {
    return expiresAt.or(() -> ttl.map(start::plus));
  }

  private static void requireLife(CredentialKind kind, Instant now, Scope scope) {
    require(scope.expiresAt().isAfter(now) && scope.expiresAt().isAfter(scope.notBefore()),
        "it would be over before it begins: it expires at " + scope.expiresAt());
    Duration life = Duration.between(scope.notBefore(), scope.expiresAt());
    if (life.compareTo(kind.longestLife()) > 0) {
      throw new OperationFailure(Kind.INVALID,
          "a credential for an " + kind.word() + " lives at most "
              + Units.text(kind.longestLife()) + ", not " + Units.text(life),
          kind == CredentialKind.AGENT
              ? "Ask for a shorter ttl, or make it for an app."
              : "Ask for a shorter ttl.");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new OperationFailure(Kind.INVALID, otherwise, "");
    }
  }
}
