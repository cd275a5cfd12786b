package dev.reveille.chaos.drivers.hibernate;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.jpa.AvailableHints;
import org.postgresql.PGConnection;

import static dev.reveille.chaos.drivers.hibernate.Shop.refusal;
import static org.assertj.core.api.Assertions.assertThat;

/** What is asked about the shop, in HQL and in SQL. */
record Reports(Shop shop) {
  record Ranked(Long customer, Long place, BigDecimal soFar) {}

  void ranksAndSums() {
    List<Ranked> rows = shop.sessions.fromTransaction(session -> session.createSelectionQuery("""
        select o.customer.id, rank() over (partition by o.customer.id order by o.id),
          sum(i.quantity * i.unitPrice) over (partition by o.customer.id order by o.id)
        from PurchaseOrder o join o.items i""", Ranked.class).getResultList());
    assertThat(rows).hasSize(2 * Workload.ORDERS);
    assertThat(shop.query("""
        select count(*) from (select customer_id, lag(total) over (order by id) as before,
          sum(total) over (partition by customer_id order by id) from order_totals) t""",
        Long.class)).isEqualTo(Workload.ORDERS);
  }

  void aggregates() {
    assertThat(shop.query("""
        select max(n) from (select count(*) as n, sum(total) from order_totals
          group by rollup (status, customer_id)) sums""", Long.class)).isEqualTo(Workload.ORDERS);
    assertThat(shop.query("select sum(sold) from product_sales", BigDecimal.class))
        .isEqualTo(BigDecimal.valueOf(3L * Workload.ORDERS));
    assertThat(shop.query("select count(*) from customers where profile @> '{\"likes\": [\"tea\"]}'"
        + " and (profile ->> 'n')\\:\\:int > 2", Long.class)).isEqualTo(2);
    List<Order> orders = shop.sessions.fromTransaction(session -> session
        .createSelectionQuery("from PurchaseOrder o join fetch o.items i join fetch i.product",
            Order.class)
        .getResultList());
    assertThat(orders.stream().flatMap(order -> order.items.stream()).mapToInt(i -> i.quantity))
        .hasSize(2 * Workload.ORDERS);
  }

  void streamsWithACursor() {
    long seen = shop.sessions.fromTransaction(session -> {
      try (Stream<String> skus = session
          .createSelectionQuery("select sku from Product order by id", String.class)
          .setHint(AvailableHints.HINT_FETCH_SIZE, 250)
          .getResultStream()) {
        return skus.count();
      }
    });
    assertThat(seen).isEqualTo(Workload.PRODUCTS + Workload.COPIED);
  }

  void copiesOut() throws Exception {
    StringWriter out = new StringWriter();
    shop.onConnection(connection -> connection.unwrap(PGConnection.class)
        .getCopyAPI()
        .copyOut("copy (select id, total from order_totals) to stdout", out));
    assertThat(out.toString().lines()).hasSize(Workload.ORDERS);
  }

  void readsOneSnapshot() throws Exception {
    String refused = shop.onConnection(connection -> {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery("select count(*) from orders")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(Workload.ORDERS);
        return refusal(() -> {
          try (var other = connection.createStatement()) {
            other.executeUpdate("delete from order_items");
          }
        });
      } finally {
        connection.rollback();
      }
    });
    assertThat(refused).isEqualTo("25006");
  }
}
