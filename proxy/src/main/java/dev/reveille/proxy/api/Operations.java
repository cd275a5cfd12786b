package dev.reveille.proxy.api;

import dev.reveille.cell.AuditTable;
import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** All that the API does: the one table from which routes and document are made. */
public final class Operations {
  private Operations() {
  }

  /** The suppliers are asked at each call. */
  public static List<Operation> of(Supplier<Databases> databases,
      Supplier<Credentials> credentials, Supplier<Usage> usage, AuditTable audit) {
    List<Operation> all = new ArrayList<>();
    all.addAll(new DatabaseOperations(databases).all());
    all.addAll(new CheckpointOperations(databases).all());
    all.addAll(new CredentialOperations(credentials).all());
    all.addAll(new AccountOperations(usage, audit).all());
    return List.copyOf(all);
  }
}
