package dev.reveille.cell.catalog;

import dev.reveille.cell.CellId;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialUsage;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.SlicedCount;
import dev.reveille.cell.UsageExchange;
import dev.reveille.cell.UsageExchange.Said;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The tables of proxies and of what credentials use through them. Stateless. */
final class UsageRows {
  private static final JsonMapper JSON = JsonMapper.shared();
  /** "proxies" in ASCII, as one number. */
  private static final long LOCK = 0x70726f78696573L;
  private static final String ALIVE = "p.seen_at > now() - interval '"
      + UsageExchange.DEAD_AFTER.toMillis() + " milliseconds'";

  private UsageRows() {
  }

  static Optional<CellId> introduce(Connection connection, ProxyLife proxy) throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement("select pg_advisory_xact_lock(?)")) {
      lock.setLong(1, LOCK);
      lock.execute();
    }
    Array cells = cells(connection, proxy);
    try (PreparedStatement select = connection.prepareStatement("""
        select c.cell from reveille.proxies p, unnest(p.cells) as c (cell)
        where p.home_id <> ? and c.cell = any (?) and %s limit 1""".formatted(ALIVE))) {
      select.setObject(1, proxy.home());
      select.setArray(2, cells);
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          return Optional.of(new CellId(row.getString(1)));
        }
      }
    }
    try (PreparedStatement replace = connection.prepareStatement("""
        with earlier as (delete from reveille.proxies where home_id = ? and id <> ?)
        insert into reveille.proxies (id, home_id, cells) values (?, ?, ?)
        on conflict (id) do update set cells = excluded.cells, seen_at = now()""")) {
      replace.setObject(1, proxy.home());
      replace.setObject(2, proxy.id());
      replace.setObject(3, proxy.id());
      replace.setObject(4, proxy.home());
      replace.setArray(5, cells);
      replace.executeUpdate();
    }
    return Optional.empty();
  }

  static Said exchange(Connection connection, ProxyLife proxy,
      List<CredentialUsage> told, Collection<CredentialId> asked, Collection<CredentialId> own)
      throws SQLException {
    try (PreparedStatement exchange = connection.prepareStatement("""
        with lives as (
          insert into reveille.proxies (id, home_id, cells) values (?, ?, ?)
          on conflict (id) do update set seen_at = now()),
        told as (
          insert into reveille.credential_usage (proxy_id, credential_id, sessions,
            connects_slice, connects, wakes_slice, wakes, day, bytes_out)
          select ?, r.* from jsonb_to_recordset(?::jsonb) as r (credential uuid, sessions integer,
            connects_slice bigint, connects integer[], wakes_slice bigint, wakes integer[],
            day bigint, bytes_out bigint)
          on conflict (credential_id, proxy_id) do update set sessions = excluded.sessions,
            connects_slice = excluded.connects_slice, connects = excluded.connects,
            wakes_slice = excluded.wakes_slice, wakes = excluded.wakes, day = excluded.day,
            bytes_out = excluded.bytes_out, reported_at = now())
        select u.*, u.proxy_id <> ? and coalesce(%s, false) as alive
        from reveille.credential_usage u left join reveille.proxies p on p.id = u.proxy_id
        where u.credential_id = any (?) and (u.proxy_id <> ? or u.credential_id = any (?))"""
        .formatted(ALIVE))) {
      exchange.setObject(1, proxy.id());
      exchange.setObject(2, proxy.home());
      exchange.setArray(3, cells(connection, proxy));
      exchange.setObject(4, proxy.id());
      exchange.setString(5, json(told));
      exchange.setObject(6, proxy.id());
      exchange.setArray(7, ids(connection, asked));
      exchange.setObject(8, proxy.id());
      exchange.setArray(9, ids(connection, own));
      List<CredentialUsage> others = new ArrayList<>();
      List<CredentialUsage> before = new ArrayList<>();
      try (ResultSet row = exchange.executeQuery()) {
        while (row.next()) {
          boolean mine = row.getObject("proxy_id", UUID.class).equals(proxy.id());
          (mine ? before : others).add(usage(row));
        }
      }
      return new Said(others, before);
    }
  }

  /** The longest window is a day, and clocks may differ a little. */
  static void forget(Connection connection) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("""
        with gone as (delete from reveille.proxies where seen_at < now() - interval '1 day')
        delete from reveille.credential_usage u where u.reported_at < now() - interval '25 hours'
          and (u.sessions = 0 or not exists (select from reveille.proxies p
            where p.id = u.proxy_id and %s))""".formatted(ALIVE))) {
      delete.executeUpdate();
    }
  }

  static void leave(Connection connection, ProxyLife proxy) throws SQLException {
    try (PreparedStatement delete = connection
        .prepareStatement("delete from reveille.proxies where id = ?")) {
      delete.setObject(1, proxy.id());
      delete.executeUpdate();
    }
  }

  private static CredentialUsage usage(ResultSet row) throws SQLException {
    return new CredentialUsage(
        new CredentialId(row.getObject("credential_id", UUID.class)),
        row.getBoolean("alive") ? row.getInt("sessions") : 0,
        sliced(row, "connects_slice", "connects"), sliced(row, "wakes_slice", "wakes"),
        row.getLong("day"), row.getLong("bytes_out"));
  }

  private static SlicedCount sliced(ResultSet row, String newest, String counts)
      throws SQLException {
    return new SlicedCount(row.getLong(newest),
        List.of((Integer[]) row.getArray(counts).getArray()));
  }

  private static String json(List<CredentialUsage> told) {
    ArrayNode rows = JSON.createArrayNode();
    for (CredentialUsage usage : told) {
      ObjectNode row = rows.addObject();
      row.put("credential", usage.credential().toString());
      row.put("sessions", usage.sessions());
      row.put("connects_slice", usage.connects().newest());
      ArrayNode connects = row.putArray("connects");
      usage.connects().counts().forEach(connects::add);
      row.put("wakes_slice", usage.wakes().newest());
      ArrayNode wakes = row.putArray("wakes");
      usage.wakes().counts().forEach(wakes::add);
      row.put("day", usage.day());
      row.put("bytes_out", usage.bytesOut());
    }
    return rows.toString();
  }

  private static Array cells(Connection connection, ProxyLife proxy) throws SQLException {
    return connection.createArrayOf("text", proxy.cells().stream().map(CellId::value).toArray());
  }

  private static Array ids(Connection connection, Collection<CredentialId> ids)
      throws SQLException {
    return connection.createArrayOf("uuid", ids.stream().map(CredentialId::value).toArray());
  }
}
