package dev.reveille.cell.catalog;

import dev.reveille.cell.Account;
import dev.reveille.cell.AccountCount;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountStanding;
import dev.reveille.cell.AccountUsageTable.Said;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.SlicedCount;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What accounts have agreed to and have used lately. Stateless. */
final class AccountUsageRows {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TERMS = "a.id, a.name, a.plan, a.spend_cap_micros, a.limits::text";

  private AccountUsageRows() {
  }

  static Said exchange(Connection connection, UUID proxy, List<AccountCount> told,
      Collection<AccountId> asked, int month, int countUpTo) throws SQLException {
    List<AccountCount> others = new ArrayList<>();
    List<AccountCount> own = new ArrayList<>();
    try (PreparedStatement exchange = connection.prepareStatement("""
        with told as (
          insert into reveille.account_usage (account_id, proxy_id, counted, slice, counts)
          select r.account, ?, r.counted, r.slice, r.counts
          from jsonb_to_recordset(?::jsonb)
            as r (account uuid, counted text, slice bigint, counts integer[])
          on conflict (account_id, proxy_id, counted) do update
            set slice = excluded.slice, counts = excluded.counts, reported_at = now())
        select u.* from reveille.account_usage u
        where u.account_id = any (?) and u.reported_at > now() - interval '2 hours'""")) {
      exchange.setObject(1, proxy);
      exchange.setString(2, json(told));
      exchange.setArray(3, ids(connection, asked));
      try (ResultSet row = exchange.executeQuery()) {
        while (row.next()) {
          boolean mine = row.getObject("proxy_id", UUID.class).equals(proxy);
          (mine ? own : others).add(new AccountCount(
              new AccountId(row.getObject("account_id", UUID.class)), row.getString("counted"),
              new SlicedCount(row.getLong("slice"),
                  List.of((Integer[]) row.getArray("counts").getArray()))));
        }
      }
    }
    return new Said(others, own, standings(connection, asked, month, countUpTo));
  }

  private static List<AccountStanding> standings(Connection connection,
      Collection<AccountId> asked, int month, int countUpTo) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("select " + TERMS + """
        , coalesce(m.compute_ms, 0), coalesce(m.kib_seconds, 0), coalesce(m.wakes, 0),
          (select coalesce(sum(s.bytes), 0)::bigint from reveille.account_storage s
            where s.account_id = a.id),
          (select count(*) from (select from reveille.databases d
            where d.account_id = a.id and d.state = 'ready' limit ?) counted)
        from reveille.accounts a
        left join reveille.account_months m on m.account_id = a.id and m.month = ?
        where a.id = any (?)""")) {
      select.setInt(1, countUpTo);
      select.setInt(2, month);
      select.setArray(3, ids(connection, asked));
      List<AccountStanding> standings = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          standings.add(new AccountStanding(account(row), row.getLong(6), row.getLong(7),
              row.getLong(8), row.getLong(9), row.getInt(10)));
        }
      }
      return standings;
    }
  }

  static Optional<Account> named(Connection connection, String name) throws SQLException {
    return accounts(connection, "a.name = ?", name).stream().findFirst();
  }

  static Optional<Account> of(Connection connection, AccountId account) throws SQLException {
    return accounts(connection, "a.id = ?", account.value()).stream().findFirst();
  }

  static List<Account> all(Connection connection) throws SQLException {
    return accounts(connection, "?", true);
  }

  private static List<Account> accounts(Connection connection, String where, Object value)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(
        "select " + TERMS + " from reveille.accounts a where " + where + " order by a.name")) {
      select.setObject(1, value);
      List<Account> accounts = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          accounts.add(account(row));
        }
      }
      return accounts;
    }
  }

  static void setTerms(Connection connection, AccountId account, Account.Terms terms)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement("""
        update reveille.accounts set plan = ?, spend_cap_micros = ?, limits = ?::jsonb
        where id = ?""")) {
      update.setString(1, terms.plan().orElse(null));
      update.setObject(2, terms.spendCapMicros().orElse(null));
      update.setString(3, JSON.writeValueAsString(terms.limits()));
      update.setObject(4, account.value());
      if (update.executeUpdate() == 0) {
        throw new CatalogException("42704", "there is no such account", null);
      }
    }
  }

  /** The longest window is an hour, and clocks may differ a little. */
  static void forget(Connection connection, int monthsBefore) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("""
        with counts as (delete from reveille.account_usage
          where reported_at < now() - interval '2 hours'),
        databases as (delete from reveille.database_months where month < ?)
        delete from reveille.account_months where month < ?""")) {
      delete.setInt(1, monthsBefore);
      delete.setInt(2, monthsBefore);
      delete.executeUpdate();
    }
  }

  private static Account account(ResultSet row) throws SQLException {
    Map<String, Long> limits = new LinkedHashMap<>();
    JSON.readTree(row.getString(5))
        .properties()
        .forEach(limit -> limits.put(limit.getKey(), limit.getValue().asLong()));
    return new Account(new AccountId(row.getObject(1, UUID.class)), row.getString(2),
        new Account.Terms(Optional.ofNullable(row.getString(3)),
            Optional.ofNullable(row.getObject(4, Long.class)), limits));
  }

  private static String json(List<AccountCount> told) {
    ArrayNode rows = JSON.createArrayNode();
    for (AccountCount count : told) {
      ObjectNode row = rows.addObject();
      row.put("account", count.account().toString());
      row.put("counted", count.counted());
      row.put("slice", count.counts().newest());
      ArrayNode counts = row.putArray("counts");
      count.counts().counts().forEach(counts::add);
    }
    return rows.toString();
  }

  private static Array ids(Connection connection, Collection<AccountId> ids)
      throws SQLException {
    return connection.createArrayOf("uuid", ids.stream().map(AccountId::value).toArray());
  }
}
