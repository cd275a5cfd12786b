package dev.reveille.cell;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Valid values to vary in tests. */
public final class Samples {
  public static final String VERIFIER = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
      + "3rkXUlWb6ELMPVNzDZK+G7EgGBMCDMs2UCxGbJTWpUs=:Kt8A1yUSPFTrwJ4KXUFzPGYWr4sbX7Ed8Xw/uqIRUNA=";
  public static final CellId CELL_A = new CellId("a");
  public static final CellId CELL_B = new CellId("b");

  private Samples() {
  }

  public static Credential credential(String name, AccountId account) {
    return credential(CredentialId.random(), name, account, 1, false);
  }

  public static Credential credential(
      CredentialId id, String name, AccountId account, long version, boolean revoked) {
    return new Credential(id, name, account, List.of(VERIFIER), Mode.DDL, new DatabaseScope.All(),
        Instant.EPOCH, Optional.empty(), revoked, 20, false, version);
  }

  public static Credential scoped(Credential credential, DatabaseScope scope,
      Optional<Instant> expiresAt) {
    return new Credential(credential.id(), credential.name(), credential.account(),
        credential.verifiers(), Mode.RO, scope, credential.notBefore(), expiresAt,
        credential.revoked(), credential.connectionLimit(), true, credential.version());
  }

  public static Route route(DatabaseId database, AccountId account, String name, long version) {
    return new Route(database, account, name, CELL_A, StorageId.random(),
        DatabaseSettings.DEFAULTS, version);
  }

  public static NewDatabase newDatabase(AccountId account, String name, CellId cell) {
    return new NewDatabase(account, name, cell, StorageId.random(), DatabaseSettings.DEFAULTS);
  }
}
