package dev.reveille.cell.catalog;

import dev.reveille.cell.Account;
import dev.reveille.cell.AccountCount;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseUsage;
import dev.reveille.cell.MeterBatch;
import dev.reveille.cell.StorageId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@link AccountUsageTable} in Postgres. Safe from any thread. */
record PostgresAccountUsage(CatalogPool pool) implements AccountUsageTable {

  @Override
  public Said exchange(UUID proxy, List<AccountCount> told, Collection<AccountId> asked,
      int month, int countUpTo) {
    return pool.read(connection -> AccountUsageRows.exchange(connection, proxy, told, asked, month,
        countUpTo));
  }

  @Override
  public void meter(MeterBatch batch) {
    transact(connection -> MeterRows.add(connection, batch));
  }

  @Override
  public void measured(CellId cell, Map<StorageId, Long> bytes, int month) {
    transact(connection -> MeterRows.measured(connection, cell, bytes, month));
  }

  @Override
  public Optional<Account> account(String name) {
    return pool.read(connection -> AccountUsageRows.named(connection, name));
  }

  @Override
  public Optional<Account> account(AccountId account) {
    return pool.read(connection -> AccountUsageRows.of(connection, account));
  }

  @Override
  public List<Account> accounts() {
    return pool.read(AccountUsageRows::all);
  }

  @Override
  public void setTerms(AccountId account, Account.Terms terms) {
    transact(connection -> AccountUsageRows.setTerms(connection, account, terms));
  }

  @Override
  public List<DatabaseUsage> usage(AccountId account, int month, int limit) {
    return pool.read(connection -> MeterRows.usage(connection, account, month, limit));
  }

  @Override
  public List<DatabaseUsage> idlest(AccountId account, int month, int limit) {
    return pool.read(connection -> MeterRows.idlest(connection, account, month, limit));
  }

  @Override
  public void forget(int monthsBefore) {
    transact(connection -> AccountUsageRows.forget(connection, monthsBefore));
  }

  /** Work without a result. */
  @FunctionalInterface
  private interface Change {
    void on(Connection connection) throws SQLException;
  }

  private void transact(Change change) {
    pool.<@Nullable Void>transact(connection -> {
      change.on(connection);
      return null;
    });
  }
}
