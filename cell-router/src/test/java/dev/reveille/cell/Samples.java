package dev.reveille.cell;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Valid values to vary in tests. */
public final class Samples {
  public static final String VERIFIER = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
      + "3rkXUlWb6ELMPVNzDZK+G7EgGBMCDMs2UCxGbJTWpUs=:Kt8A1yUSPFTrwJ4KXUFzPGYWr4sbX7Ed8Xw/uqIRUNA=";
  public static final Instant FAR = Instant.parse("2999-01-01T00:00:00Z");
  public static final CellId CELL_A = new CellId("a");
  public static final CellId CELL_B = new CellId("b");

  private Samples() {
  }

  public static Credential credential(String name, AccountId account) {
    return credential(CredentialId.random(), name, account, 1, false);
  }

  public static Credential credential(
      CredentialId id, String name, AccountId account, long version, boolean revoked) {
    Scope scope = new Scope(new DatabaseScope.All(), Mode.DDL, new ObjectScope.All(),
        Instant.EPOCH, FAR, Scope.EVERYWHERE, CredentialLimits.APP, Scope.USUAL, false);
    return new Credential(id, name, account, Optional.empty(), CredentialKind.APP,
        List.of(VERIFIER), scope, revoked, version);
  }

  public static Credential scoped(Credential credential, DatabaseScope scope,
      Instant expiresAt) {
    return credential.with(new Scope(scope, Mode.RO, new ObjectScope.All(),
        credential.notBefore(), expiresAt, Scope.EVERYWHERE, CredentialLimits.AGENT, Scope.USUAL,
        true));
  }

  public static Route route(DatabaseId database, AccountId account, String name, long version) {
    return new Route(database, account, name, CELL_A, StorageId.random(),
        DatabaseSettings.DEFAULTS, version);
  }

  public static NewDatabase newDatabase(AccountId account, String name, CellId cell) {
    return new NewDatabase(account, name, cell, StorageId.random(), DatabaseSettings.DEFAULTS);
  }
}
