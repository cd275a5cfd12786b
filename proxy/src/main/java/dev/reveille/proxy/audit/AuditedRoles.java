package dev.reveille.proxy.audit;

import dev.reveille.compute.RoleListener;
import dev.reveille.proxy.audit.AuditEvent.RoleChanged;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes down what becomes of credentials' roles on computes. */
public final class AuditedRoles implements RoleListener {
  private final Audit audit;

  public AuditedRoles(Audit audit) {
    this.audit = audit;
  }

  @Override
  public void changed(String database, String role, Change change) {
    audit.record(new RoleChanged(new Subject(Optional.empty(), Optional.empty(),
        Optional.of(database), Optional.of(role), OptionalLong.empty()), change));
  }
}
