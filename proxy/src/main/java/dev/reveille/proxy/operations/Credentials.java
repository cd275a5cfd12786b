package dev.reveille.proxy.operations;

import dev.reveille.auth.Secret;
import dev.reveille.auth.SharedKey;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.InvalidNameException;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.Route;
import dev.reveille.cell.Scope;
import dev.reveille.proxy.audit.Audit;
import dev.reveille.proxy.audit.AuditEvent.CredentialCreated;
import dev.reveille.proxy.audit.AuditEvent.CredentialNarrowed;
import dev.reveille.proxy.audit.AuditEvent.CredentialRevoked;
import dev.reveille.proxy.audit.AuditEvent.CredentialRotated;
import dev.reveille.proxy.budget.AccountBudget;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import dev.reveille.proxy.token.TokenCredential;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What can be done to a credential by name. Every method blocks and belongs on a virtual thread; all
 * throw {@link OperationFailure}. Only the verifiers of a secret are kept anywhere: it is shown once.
 *
 * <p>Nothing here wakes a compute. What a credential may do lies within what it was narrowed from: it
 * is compared here, to say which field is wider, and again by the catalog where it is written.
 */
public final class Credentials {
  private static final Set<String> RESERVED = Set.of("public", "none", "postgres");

  private final Catalog catalog;
  private final Supplier<ConnectionStrings> connectionStrings;
  private final Issuer issuer;
  private final InstantSource clock;
  private final Audit audit;
  private final AccountBudget budget;

  public Credentials(Catalog catalog, Supplier<ConnectionStrings> connectionStrings,
      Supplier<SharedKey> sharedKey, RandomGenerator random, InstantSource clock, Audit audit,
      AccountBudget budget) {
    this.catalog = catalog;
    this.connectionStrings = connectionStrings;
    this.issuer = new Issuer(sharedKey, random, clock);
    this.clock = clock;
    this.audit = audit;
    this.budget = budget;
  }

  /** Makes a credential that is narrowed from none. */
  public CredentialView create(CredentialRequest request) {
    return answered(() -> create(Requester.control(catalog.defaultAccount()), request));
  }

  /** The same, in the account of whoever asks. */
  public CredentialView create(Requester who, CredentialRequest request) {
    return answered(() -> {
      AccountId account = who.account();
      CredentialKind kind = request.kind().orElse(CredentialKind.AGENT);
      Scope scope = request.scope().fresh(kind, now(), ids(account));
      return issue(account, Optional.empty(), kind, scope, request, who.name());
    });
  }

  /** Makes a credential, with a secret of its own, that may do a part of what another may. */
  public CredentialView narrow(String parentName, CredentialRequest request) {
    return answered(() -> narrow(Requester.control(catalog.defaultAccount()), parentName, request));
  }

  /** The same, if it is one of the account of whoever asks. */
  public CredentialView narrow(Requester who, String parentName, CredentialRequest request) {
    return answered(() -> {
      Credential parent = credential(who.account(), parentName);
      requireLive(parent);
      CredentialKind kind = request.kind().orElse(CredentialKind.AGENT);
      if (kind.longestLife().compareTo(parent.kind().longestLife()) > 0) {
        throw tooWide(parentName, List.of("for (" + kind.word() + ", not within "
            + parent.kind().word() + ")"));
      }
      Scope scope = request.scope()
          .child(parent.scope(), kind, now(), ids(parent.account()));
      requireWithin(scope, parent);
      return issue(parent.account(), Optional.of(parent), kind, scope, request, who.name());
    });
  }

  /** Lets a credential, and all that were narrowed from it, do less from now on. */
  public CredentialView narrowInPlace(String name, ScopeRequest request) {
    return answered(
        () -> narrowInPlace(Requester.control(catalog.defaultAccount()), name, request));
  }

  /** The same, if it is one of the account of whoever asks. */
  public CredentialView narrowInPlace(Requester who, String name, ScopeRequest request) {
    return answered(() -> {
      Credential present = credential(who.account(), name);
      requireLive(present);
      Scope scope = request.inPlace(present.scope(), now(), ids(present.account()));
      requireWithin(scope, present);
      catalog.narrowCredential(present.id(), scope);
      audit.record(new CredentialNarrowed(present.account(), name, scope.mode(),
          scope.expiresAt(), who.name()));
      return view(credential(who.account(), name));
    });
  }

  /**
   * Gives a credential a fresh secret. The newest of its old ones stays good beside it until the next
   * rotation, unless {@code dropOld}.
   */
  public CredentialView rotate(String name, boolean dropOld) {
    return answered(() -> rotate(Requester.control(catalog.defaultAccount()), name, dropOld));
  }

  /** The same, if it is one of the account of whoever asks. */
  public CredentialView rotate(Requester who, String name, boolean dropOld) {
    return answered(() -> {
      Credential present = credential(who.account(), name);
      requireLive(present);
      if (present.verifiers().isEmpty()) {
        throw new OperationFailure(Kind.INVALID,
            "credential \"" + name + "\" has no secret: a certificate or a token proves it", "");
      }
      Secret secret = issuer.secret();
      String fresh = issuer.verifier(name, secret);
      catalog.rotateCredential(present.id(), fresh, !dropOld);
      Credential rotated = credential(who.account(), name);
      audit.record(new CredentialRotated(present.account(), name, rotated.verifiers().size(),
          who.name()));
      return view(rotated).with(connectionString(present, Optional.of(secret)), secret);
    });
  }

  /** Ends a credential for good, with all that were narrowed from it. */
  public String revoke(String name) {
    return answered(() -> revoke(Requester.control(catalog.defaultAccount()), name));
  }

  /** The same, if it is one of the account of whoever asks. */
  public String revoke(Requester who, String name) {
    return answered(() -> {
      Credential credential = credential(who.account(), name);
      int children = descendants(credential).size();
      if (credential.revoked()) {
        return "\"" + name + "\" was already revoked";
      }
      catalog.revokeCredential(credential.id());
      audit.record(new CredentialRevoked(credential.account(), name, who.name()));
      return "\"" + name + "\" is revoked"
          + (children == 0 ? "" : ", with " + children + " narrowed from it");
    });
  }

  /** The account's credentials, by name, expired and revoked ones included. */
  public List<CredentialView> list() {
    return answered(() -> list(Requester.control(catalog.defaultAccount())));
  }

  /** The same of the account of whoever asks. */
  public List<CredentialView> list(Requester who) {
    return answered(() -> {
      List<Credential> all = catalog.credentials(who.account());
      Function<DatabaseId, String> names = names(who.account());
      return all.stream().map(one -> CredentialView.of(one, all, names, now())).toList();
    });
  }

  public CredentialView show(String name) {
    return answered(() -> view(credential(name)));
  }

  /** The same, if it is one of the account of whoever asks. */
  public CredentialView show(Requester who, String name) {
    return answered(() -> view(credential(who.account(), name)));
  }

  private CredentialView issue(AccountId account, Optional<Credential> parent,
      CredentialKind kind, Scope scope, CredentialRequest request, String by) {
    var _ = budget.admitCredential(account);
    String name = request.name().orElseGet(issuer::name);
    requireName(name);
    Optional<Secret> secret = request.withSecret()
        ? Optional.of(issuer.secret())
        : Optional.empty();
    Credential credential = new Credential(CredentialId.random(), name, account,
        parent.map(Credential::id), kind,
        secret.map(shown -> issuer.verifier(name, shown)).stream().toList(), scope, false, 1);
    catalog.createCredential(credential);
    audit.record(CredentialCreated.of(credential, parent.map(Credential::name), by));
    CredentialView view = view(credential(account, name));
    String connection = connectionString(credential, secret);
    return secret.map(shown -> view.with(connection, shown)).orElse(view.with(connection));
  }

  private String connectionString(Credential credential, Optional<Secret> secret) {
    return connectionStrings.get().of(credential.name(), secret, database(credential));
  }

  /** The first by name of the databases that it reaches; none when there is none yet. */
  private String database(Credential credential) {
    return catalog.databases(credential.account())
        .stream()
        .filter(database -> credential.databases().allows(database.route().database()))
        .map(database -> database.route().name())
        .findFirst()
        .orElse("");
  }

  private static void requireName(String name) {
    if (!Credential.validName(name)) {
      throw new OperationFailure(Kind.INVALID,
          "a credential's name is 1 to 63 of a-z, 0-9 and '_', not \"" + name + "\"", "");
    }
    if (name.startsWith("pg_") || name.startsWith("reveille_") || RESERVED.contains(name)
        || TokenCredential.isName(name)) {
      throw new OperationFailure(Kind.INVALID,
          "the name \"" + name + "\" is reserved, as it is a role on every compute",
          "Without --name it gets a random one.");
    }
  }

  private static void requireLive(Credential credential) {
    if (credential.revoked()) {
      throw new OperationFailure(Kind.NOT_ALLOWED,
          "credential \"" + credential.name() + "\" is revoked", "Revoking is for good.");
    }
  }

  private void requireWithin(Scope scope, Credential given) {
    if (!scope.within(given.scope())) {
      throw tooWide(given.name(),
          Narrowing.wider(scope, given.scope(), names(given.account())));
    }
  }

  private static OperationFailure tooWide(String name, List<String> fields) {
    return new OperationFailure(Kind.NOT_ALLOWED,
        "wider than credential \"" + name + "\" (42501): " + String.join("; ", fields),
        "A narrower credential has a part of what it is narrowed from, in every field.");
  }

  private Credential credential(String name) {
    return credential(catalog.defaultAccount(), name);
  }

  private Credential credential(AccountId account, String name) {
    return catalog.credential(name)
        .filter(found -> found.account().equals(account))
        .orElseThrow(() -> OperationFailure.noSuchCredential(name));
  }

  private List<Credential> descendants(Credential credential) {
    return CredentialView.descendants(credential.id(), catalog.credentials(credential.account()));
  }

  private CredentialView view(Credential credential) {
    return CredentialView.of(credential, catalog.credentials(credential.account()),
        names(credential.account()), now());
  }

  private Function<String, DatabaseId> ids(AccountId account) {
    return name -> catalog.route(account, name)
        .map(Route::database)
        .orElseThrow(() -> OperationFailure.noSuchDatabase(name));
  }

  /** Names of databases; of one that is gone, its id. */
  private Function<DatabaseId, String> names(AccountId account) {
    return DatabaseNames.of(catalog.databases(account));
  }

  /** As exact as the catalog keeps it. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static <T> T answered(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (InvalidNameException e) {
      throw new OperationFailure(Kind.INVALID, text(e), "");
    } catch (NameTakenException e) {
      throw new OperationFailure(Kind.EXISTS, text(e), "Choose another name.");
    } catch (CatalogException e) {
      throw switch (e.sqlState()) {
        case "42501", "28000" -> new OperationFailure(Kind.NOT_ALLOWED, text(e),
            "It was changed at the same moment.");
        case "3D000" -> new OperationFailure(Kind.NOT_FOUND, text(e), "");
        default -> new OperationFailure(Kind.UNAVAILABLE, text(e), "It is safe to try again.");
      };
    }
  }

  private static String text(CatalogException e) {
    return Objects.requireNonNullElse(e.getMessage(), "the catalog failed");
  }
}
