package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.Scope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the rule that a credential's scope lies within that of its parent and ends with it, whoever
 * writes at the same time: while a child is made all its ancestors are locked, and a tree is changed
 * from its root down, which is locked before the rest is looked for. Every method is to be called in
 * a transaction.
 */
final class CredentialTree {
  private CredentialTree() {
  }

  static void insert(Connection connection, Credential credential) throws SQLException {
    Optional<CredentialId> id = credential.parent();
    if (id.isPresent()) {
      Credential parent = CredentialRows.lockAncestors(connection, id.get())
          .filter(locked -> !locked.revoked() && locked.account().equals(credential.account()))
          .orElseThrow(CredentialTree::ended);
      requireWithin(credential.scope(), parent);
    }
    CredentialRows.insert(connection, credential);
  }

  static void revoke(Connection connection, CredentialId root) throws SQLException {
    if (CredentialRows.lockRoot(connection, root)) {
      CredentialRows.revoke(connection, root);
    }
  }

  static void narrow(Connection connection, CredentialId root, Scope scope) throws SQLException {
    CredentialRows.lockRoot(connection, root);
    List<Credential> tree = CredentialRows.lockTree(connection, root);
    if (tree.isEmpty() || tree.getFirst().revoked()) {
      throw ended();
    }
    requireWithin(scope, tree.getFirst());
    Map<CredentialId, Scope> narrowed = new HashMap<>();
    for (Credential credential : tree) {
      Scope parent = credential.parent().map(narrowed::get).orElse(null);
      Scope now = credential.id().equals(root) || parent == null
          ? scope
          : credential.scope().intersection(parent);
      narrowed.put(credential.id(), now);
      if (!now.equals(credential.scope())) {
        CredentialRows.narrow(connection, credential.id(), now);
      }
    }
  }

  private static void requireWithin(Scope scope, Credential wider) {
    if (!scope.within(wider.scope())) {
      throw new CatalogException("42501",
          "the scope is wider than that of credential \"" + wider.name() + "\"", null);
    }
  }

  private static CatalogException ended() {
    return new CatalogException("28000", "the credential is revoked or does not exist", null);
  }
}
