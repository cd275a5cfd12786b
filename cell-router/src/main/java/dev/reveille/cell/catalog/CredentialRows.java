package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.Scope;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The tables of credentials and their scopes. Stateless; each method is one statement. */
final class CredentialRows {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String SELECT = """
      select c.*, (select array_agg(d.database_id) from reveille.credential_databases d
        where d.credential_id = c.id) as databases
      from reveille.credentials c\s""";

  private CredentialRows() {
  }

  static void insert(Connection connection, Credential credential) throws SQLException {
    Object[] databases = credential.databases() instanceof DatabaseScope.Only only
        ? only.databases().stream().map(DatabaseId::value).toArray()
        : new Object[0];
    try (PreparedStatement insert = connection.prepareStatement("""
        with made as (
          insert into reveille.credentials (id, name, account_id, verifiers, mode, all_databases,
            not_before, expires_at, revoked_at, connection_limit, channel_binding_required, kind,
            parent_id, scope)
          values (?, ?, ?, ?, ?, ?, ?, ?, case when ? then now() end, ?, ?, ?, ?, ?::jsonb)
          returning id, account_id)
        insert into reveille.credential_databases (credential_id, account_id, database_id)
        select made.id, made.account_id, scope.id from made, unnest(?::uuid[]) as scope (id)""")) {
      insert.setObject(1, credential.id().value());
      insert.setString(2, credential.name());
      insert.setObject(3, credential.account().value());
      insert.setArray(4, connection.createArrayOf("text", credential.verifiers().toArray()));
      insert.setString(5, credential.mode().word());
      insert.setBoolean(6, credential.databases() instanceof DatabaseScope.All);
      insert.setObject(7, at(credential.notBefore()));
      insert.setObject(8, at(credential.expiresAt()));
      insert.setBoolean(9, credential.revoked());
      insert.setInt(10, credential.connectionLimit());
      insert.setBoolean(11, credential.channelBindingRequired());
      insert.setString(12, credential.kind().word());
      insert.setObject(13, credential.parent().map(CredentialId::value).orElse(null));
      insert.setString(14, ScopeJson.write(credential.scope()).toString());
      insert.setArray(15, connection.createArrayOf("uuid", databases));
      insert.executeUpdate();
    } catch (SQLException e) {
      if (SqlFailures.violates(e, "credentials_name")) {
        throw NameTakenException.credential(credential.name());
      }
      if (SqlFailures.violates(e, "credential_databases_database_id_account_id_fkey")) {
        throw new CatalogException("3D000", "the credential names a database that does not exist",
            e);
      }
      throw e;
    }
  }

  /** The credential and all that were narrowed from it. */
  static void revoke(Connection connection, CredentialId credential) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement("""
        update reveille.credentials set revoked_at = now() where revoked_at is null
          and id in (select t.id from reveille.credential_tree(?) t)""")) {
      update.setObject(1, credential.value());
      update.executeUpdate();
    }
  }

  /** The newest verifier comes first. */
  static boolean rotate(Connection connection, CredentialId credential, String verifier,
      boolean keepNewest) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement("""
        update reveille.credentials set verifiers = array[?] || case when ? then verifiers[1:1]
          else '{}' end where id = ? and revoked_at is null""")) {
      update.setString(1, verifier);
      update.setBoolean(2, keepNewest);
      update.setObject(3, credential.value());
      return update.executeUpdate() == 1;
    }
  }

  /** Sets a scope that lies within the present one; what it loses of databases is removed. */
  static void narrow(Connection connection, CredentialId credential, Scope scope)
      throws SQLException {
    if (scope.databases() instanceof DatabaseScope.Only only) {
      replaceDatabases(connection, credential, only);
    }
    try (PreparedStatement update = connection.prepareStatement("""
        update reveille.credentials set mode = ?, all_databases = ?, not_before = ?,
          expires_at = ?, connection_limit = ?, channel_binding_required = ?, scope = ?::jsonb
        where id = ?""")) {
      update.setString(1, scope.mode().word());
      update.setBoolean(2, scope.databases() instanceof DatabaseScope.All);
      update.setObject(3, at(scope.notBefore()));
      update.setObject(4, at(scope.expiresAt()));
      update.setInt(5, scope.limits().connections());
      update.setBoolean(6, scope.channelBindingRequired());
      update.setString(7, ScopeJson.write(scope).toString());
      update.setObject(8, credential.value());
      update.executeUpdate();
    }
  }

  private static void replaceDatabases(Connection connection, CredentialId credential,
      DatabaseScope.Only only) throws SQLException {
    try (PreparedStatement replace = connection.prepareStatement("""
        with gone as (delete from reveille.credential_databases
          where credential_id = ? and database_id <> all (?::uuid[]))
        insert into reveille.credential_databases (credential_id, account_id, database_id)
        select c.id, c.account_id, d.id from reveille.credentials c
          join reveille.databases d on d.account_id = c.account_id and d.id = any (?::uuid[])
          where c.id = ? on conflict do nothing""")) {
      Array databases = connection.createArrayOf("uuid",
          only.databases().stream().map(DatabaseId::value).toArray());
      replace.setObject(1, credential.value());
      replace.setArray(2, databases);
      replace.setArray(3, databases);
      replace.setObject(4, credential.value());
      replace.executeUpdate();
    }
  }

  /** The credential and all that were narrowed from it, from the widest down, locked for a change. */
  static List<Credential> lockTree(Connection connection, CredentialId root) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + """
        join reveille.credential_tree(?) t on t.id = c.id
        order by t.depth, c.id for update of c""")) {
      select.setObject(1, root.value());
      return list(select);
    }
  }

  /** Whether it is there; nobody narrows from it or from its like until the transaction ends. */
  static boolean lockRoot(Connection connection, CredentialId root) throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement("select from reveille.credentials where id = ? for update")) {
      select.setObject(1, root.value());
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  /** One credential, which like those above it stays as it is until the transaction ends. */
  static Optional<Credential> lockAncestors(Connection connection, CredentialId id)
      throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement("""
        with recursive up as (
          select c.id, c.parent_id, 0 as height from reveille.credentials c where c.id = ?
          union all
          select c.id, c.parent_id, up.height + 1
            from reveille.credentials c join up on c.id = up.parent_id)
        select c.id from reveille.credentials c join up on up.id = c.id
        order by up.height desc for share of c""")) {
      lock.setObject(1, id.value());
      lock.execute();
    }
    try (PreparedStatement select = connection.prepareStatement(SELECT + "where c.id = ?")) {
      select.setObject(1, id.value());
      return list(select).stream().findFirst();
    }
  }

  static Optional<Credential> named(Connection connection, String name) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + "where c.name = ?")) {
      select.setString(1, name);
      return list(select).stream().findFirst();
    }
  }

  static List<Credential> of(Connection connection, AccountId account) throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement(SELECT + "where c.account_id = ? order by c.name")) {
      select.setObject(1, account.value());
      return list(select);
    }
  }

  /** Those that reach a ready database of the cell and can be good now or later. */
  static List<Credential> reaching(Connection connection, CellId cell) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + """
        where c.revoked_at is null and c.expires_at > now()
          and exists (select from reveille.databases d
            where d.account_id = c.account_id and d.cell_id = ? and d.state = 'ready'
              and (c.all_databases or exists (select from reveille.credential_databases s
                where s.credential_id = c.id and s.database_id = d.id)))
        order by c.id""")) {
      select.setString(1, cell.value());
      return list(select);
    }
  }

  private static List<Credential> list(PreparedStatement select) throws SQLException {
    List<Credential> credentials = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        credentials.add(credential(row));
      }
    }
    return credentials;
  }

  private static Credential credential(ResultSet row) throws SQLException {
    CredentialKind kind = CredentialKind.ofWord(row.getString("kind"));
    Scope scope;
    try {
      scope = ScopeJson.read(JSON.readTree(row.getString("scope")), kind,
          row.getBoolean("all_databases")
              ? new DatabaseScope.All()
              : only(row.getArray("databases")),
          Mode.ofWord(row.getString("mode")),
          row.getObject("not_before", OffsetDateTime.class).toInstant(),
          row.getObject("expires_at", OffsetDateTime.class).toInstant(),
          row.getBoolean("channel_binding_required"));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CatalogException("XX001",
          "the scope of credential \"" + row.getString("name") + "\" cannot be understood", e);
    }
    return new Credential(
        new CredentialId(row.getObject("id", UUID.class)),
        row.getString("name"),
        new AccountId(row.getObject("account_id", UUID.class)),
        Optional.ofNullable(row.getObject("parent_id", UUID.class)).map(CredentialId::new),
        kind,
        List.of((String[]) row.getArray("verifiers").getArray()),
        scope,
        row.getObject("revoked_at") != null,
        row.getLong("version"));
  }

  private static DatabaseScope only(@Nullable Array databases) throws SQLException {
    Set<DatabaseId> only = new LinkedHashSet<>();
    if (databases != null) {
      for (UUID database : (UUID[]) databases.getArray()) {
        only.add(new DatabaseId(database));
      }
    }
    return new DatabaseScope.Only(only);
  }

  static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
