package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.NameTakenException;
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

/** The tables of credentials and their scopes. Stateless; each method is one statement. */
final class CredentialRows {
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
            not_before, expires_at, revoked_at, connection_limit, channel_binding_required)
          values (?, ?, ?, ?, ?, ?, ?, ?, case when ? then now() end, ?, ?)
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
      insert.setObject(8, credential.expiresAt().map(CredentialRows::at).orElse(null));
      insert.setBoolean(9, credential.revoked());
      insert.setInt(10, credential.connectionLimit());
      insert.setBoolean(11, credential.channelBindingRequired());
      insert.setArray(12, connection.createArrayOf("uuid", databases));
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

  static void revoke(Connection connection, CredentialId credential) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(
        "update reveille.credentials set revoked_at = now() where id = ? and revoked_at is null")) {
      update.setObject(1, credential.value());
      update.executeUpdate();
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
        where c.revoked_at is null and (c.expires_at is null or c.expires_at > now())
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
        credentials.add(new Credential(
            new CredentialId(row.getObject("id", UUID.class)),
            row.getString("name"),
            new AccountId(row.getObject("account_id", UUID.class)),
            List.of((String[]) row.getArray("verifiers").getArray()),
            Mode.ofWord(row.getString("mode")),
            row.getBoolean("all_databases")
                ? new DatabaseScope.All()
                : only(row.getArray("databases")),
            row.getObject("not_before", OffsetDateTime.class).toInstant(),
            Optional.ofNullable(row.getObject("expires_at", OffsetDateTime.class))
                .map(OffsetDateTime::toInstant),
            row.getObject("revoked_at") != null,
            row.getInt("connection_limit"),
            row.getBoolean("channel_binding_required"),
            row.getLong("version")));
      }
    }
    return credentials;
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

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
