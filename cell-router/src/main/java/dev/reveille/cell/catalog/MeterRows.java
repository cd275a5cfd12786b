package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseUsage;
import dev.reveille.cell.MeterBatch;
import dev.reveille.cell.StorageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * What was metered. Accounts are always written in the order of their ids, so that proxies that meter
 * the same ones do not lock each other out. Stateless.
 */
final class MeterRows {
  private static final JsonMapper JSON = JsonMapper.shared();

  private MeterRows() {
  }

  /** In one transaction. */
  static void add(Connection connection, MeterBatch batch) throws SQLException {
    try (PreparedStatement first = connection.prepareStatement("""
        insert into reveille.metered as m (home_id, life_id, batch) values (?, ?, ?)
        on conflict (home_id) do update set life_id = excluded.life_id, batch = excluded.batch
        where m.life_id <> excluded.life_id or m.batch < excluded.batch""")) {
      first.setObject(1, batch.home());
      first.setObject(2, batch.life());
      first.setLong(3, batch.number());
      if (first.executeUpdate() == 0) {
        return;
      }
    }
    String computes = computes(batch.computes());
    run(connection, """
        insert into reveille.account_months as a (account_id, month, compute_ms, wakes)
        select account, month, sum(millis), sum(wakes) from (
          select account, month, millis, 0 as wakes from jsonb_to_recordset(?::jsonb)
            as c (account uuid, month integer, millis bigint)
          union all select account, month, 0, count from jsonb_to_recordset(?::jsonb)
            as w (account uuid, month integer, count integer)) metered
        group by account, month order by account, month
        on conflict (account_id, month) do update
          set compute_ms = a.compute_ms + excluded.compute_ms, wakes = a.wakes + excluded.wakes""",
        computes, wakes(batch.wakes()));
    run(connection, """
        insert into reveille.database_months as d
          (database_id, month, account_id, database_name, compute_ms)
        select database, month, account, name, millis from jsonb_to_recordset(?::jsonb)
          as c (account uuid, database uuid, name text, month integer, millis bigint)
        order by database, month
        on conflict (database_id, month) do update set database_name = excluded.database_name,
          compute_ms = d.compute_ms + excluded.compute_ms""",
        computes);
  }

  /** In one transaction. */
  static void measured(Connection connection, CellId cell, Map<StorageId, Long> bytes, int month)
      throws SQLException {
    run(connection, """
        insert into reveille.account_months as a (account_id, month, kib_seconds)
        select s.account_id, ?, round(s.bytes / 1024.0
          * greatest(0, extract(epoch from now() - s.measured_at)))::bigint
        from reveille.account_storage s where s.cell_id = ? order by s.account_id
        on conflict (account_id, month) do update
          set kib_seconds = a.kib_seconds + excluded.kib_seconds""",
        month, cell.value());
    run(connection, """
        with measured as materialized (
          select * from jsonb_to_recordset(?::jsonb) as r (storage uuid, bytes bigint)),
        owned as materialized (
          select m.storage, m.bytes, d.account_id, d.id as database_id
          from measured m join reveille.databases d on d.storage_id = m.storage
          union all select m.storage, m.bytes, c.account_id, c.database_id
          from measured m join reveille.checkpoints c on c.storage_id = m.storage
          where c.kind <> 'base'
            and not exists (select from reveille.databases d where d.storage_id = m.storage)),
        gone as (
          delete from reveille.stored s where s.cell_id = ?
            and not exists (select from owned o where o.storage = s.storage_id))
        insert into reveille.stored as s (storage_id, cell_id, account_id, database_id, bytes)
        select storage, ?, account_id, database_id, bytes from owned
        on conflict (storage_id) do update set cell_id = excluded.cell_id,
          account_id = excluded.account_id, database_id = excluded.database_id,
          bytes = excluded.bytes
        where (s.cell_id, s.account_id, s.database_id, s.bytes) is distinct from
          (excluded.cell_id, excluded.account_id, excluded.database_id, excluded.bytes)""",
        storages(bytes), cell.value(), cell.value());
    run(connection, """
        with sums as materialized (
          select account_id, sum(bytes)::bigint as bytes from reveille.stored
          where cell_id = ? group by account_id),
        gone as (
          delete from reveille.account_storage a where a.cell_id = ?
            and not exists (select from sums s where s.account_id = a.account_id))
        insert into reveille.account_storage (account_id, cell_id, bytes)
        select account_id, ?, bytes from sums order by account_id
        on conflict (account_id, cell_id) do update
          set bytes = excluded.bytes, measured_at = now()""",
        cell.value(), cell.value(), cell.value());
  }

  static List<DatabaseUsage> usage(Connection connection, AccountId account, int month, int limit)
      throws SQLException {
    return list(connection, """
        with used as (
          select database_id, database_name, compute_ms, 0::bigint as bytes
          from reveille.database_months where account_id = ? and month = ?
          union all select database_id, null, 0, bytes from reveille.stored where account_id = ?
          union all select id, name, 0, 0 from reveille.databases
          where account_id = ? and state in ('ready', 'archived'))
        select u.database_id, coalesce(min(d.name), min(u.database_name), ''),
          sum(u.compute_ms)::bigint, sum(u.bytes)::bigint,
          coalesce(bool_or(d.state in ('ready', 'archived')), false),
          coalesce(max(s.used_at), max(d.created_at), 'epoch')
        from used u left join reveille.databases d on d.id = u.database_id
          left join reveille.database_use s on s.database_id = u.database_id
        group by u.database_id order by 3 desc, 4 desc, 2 limit ?""",
        account.value(), month, account.value(), account.value(), limit);
  }

  static List<DatabaseUsage> idlest(Connection connection, AccountId account, int month, int limit)
      throws SQLException {
    return list(connection, """
        select d.id, d.name, coalesce(m.compute_ms, 0),
          (select coalesce(sum(s.bytes), 0)::bigint from reveille.stored s
            where s.account_id = d.account_id and s.database_id = d.id),
          true, coalesce(u.used_at, d.created_at)
        from reveille.databases d left join reveille.database_use u on u.database_id = d.id
          left join reveille.database_months m on m.database_id = d.id and m.month = ?
        where d.account_id = ? and d.state = 'ready' order by 6, 2 limit ?""",
        month, account.value(), limit);
  }

  private static List<DatabaseUsage> list(Connection connection, String sql, Object... values)
      throws SQLException {
    List<DatabaseUsage> list = new ArrayList<>();
    try (PreparedStatement select = prepared(connection, sql, values);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        list.add(new DatabaseUsage(new DatabaseId(row.getObject(1, UUID.class)), row.getString(2),
            row.getLong(3), row.getLong(4), row.getBoolean(5),
            row.getTimestamp(6).toInstant()));
      }
    }
    return list;
  }

  private static void run(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, values)) {
      statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private static String computes(List<MeterBatch.Compute> computes) {
    ArrayNode rows = JSON.createArrayNode();
    computes.forEach(compute -> rows.addObject()
        .put("account", compute.account().toString())
        .put("database", compute.database().toString())
        .put("name", compute.name())
        .put("month", compute.month())
        .put("millis", compute.millis()));
    return rows.toString();
  }

  private static String wakes(List<MeterBatch.Wakes> wakes) {
    ArrayNode rows = JSON.createArrayNode();
    wakes.forEach(wake -> rows.addObject()
        .put("account", wake.account().toString())
        .put("month", wake.month())
        .put("count", wake.count()));
    return rows.toString();
  }

  private static String storages(Map<StorageId, Long> bytes) {
    ArrayNode rows = JSON.createArrayNode();
    bytes.forEach((storage, size) -> rows.addObject()
        .put("storage", storage.toString())
        .put("bytes", size));
    return rows.toString();
  }
}
