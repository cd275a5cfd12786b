package dev.reveille.proxy.operations;

import dev.reveille.auth.ScramVerifier;
import dev.reveille.auth.Secret;
import dev.reveille.auth.SharedKey;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Scope;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes credentials. Only their verifiers are kept anywhere: the secret is shown once. */
final class Issuer {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int NAME_LENGTH = 16;

  /** A credential and the one chance to tell its secret. */
  record Issued(Credential credential, Secret secret) {}

  private final Supplier<SharedKey> sharedKey;
  private final RandomGenerator random;
  private final InstantSource clock;

  Issuer(Supplier<SharedKey> sharedKey, RandomGenerator random, InstantSource clock) {
    this.sharedKey = sharedKey;
    this.random = random;
    this.clock = clock;
  }

  /** A fresh {@code ddl} credential for one database, for an application. */
  Issued owner(AccountId account, DatabaseId database) {
    return issued(account, Optional.empty(), CredentialKind.APP,
        Scope.usual(CredentialKind.APP, new DatabaseScope.Only(Set.of(database)), Mode.DDL,
            clock.instant()));
  }

  private Issued issued(AccountId account, Optional<CredentialId> parent, CredentialKind kind,
      Scope scope) {
    String name = name();
    Secret secret = secret();
    return new Issued(new Credential(CredentialId.random(), name, account, parent, kind,
        List.of(verifier(name, secret)), scope, false, 1), secret);
  }

  /**
   * A fresh credential for one database, with all that {@code who} may give: a credential that asks
   * gives a part of what it may do itself, and an agent nothing that lives as applications do.
   *
   * @param parent the credential that asks; empty for keys and for control
   */
  Issued forDatabase(Requester who, Optional<Credential> parent, DatabaseId database) {
    if (parent.isEmpty() && !who.agent()) {
      return owner(who.account(), database);
    }
    CredentialKind kind = who.agent() ? CredentialKind.AGENT : CredentialKind.APP;
    Scope usual = Scope.usual(kind, new DatabaseScope.Only(Set.of(database)), Mode.DDL,
        clock.instant().truncatedTo(ChronoUnit.MICROS));
    return issued(who.account(), parent.map(Credential::id), kind,
        parent.map(given -> usual.intersection(given.scope())).orElse(usual));
  }

  /** A fresh secret; show it once. */
  Secret secret() {
    return Secret.generate(random);
  }

  /** What proves the secret of the credential with this name. */
  String verifier(String name, Secret secret) {
    return ScramVerifier.of(secret, name, sharedKey.get()).encoded();
  }

  /** A random name. */
  String name() {
    StringBuilder name = new StringBuilder("a_");
    for (int i = 0; i < NAME_LENGTH; i++) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return name.toString();
  }
}
