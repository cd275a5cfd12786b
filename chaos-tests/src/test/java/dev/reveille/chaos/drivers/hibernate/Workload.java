package dev.reveille.chaos.drivers.hibernate;

import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import static dev.reveille.chaos.drivers.hibernate.Shop.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the shop does all day, as Hibernate's users write it; each part asserts what it left. */
record Workload(Shop shop) {
  static final int ORDERS = 120;
  static final int PRODUCTS = 12;
  static final int COPIED = 3000;
  private static final int STOCK = 100_000;
  private static final int VISITS = 12;

  void stocksTheShop() {
    shop.sessions.inTransaction(session -> {
      for (int n = 0; n < 5; n++) {
        session.persist(new Customer("c" + n + "@example.org", "Zoë " + n,
            Map.of("n", n, "likes", List.of("tea")), List.of("a", "b\"" + n)));
      }
      for (int n = 0; n < PRODUCTS; n++) {
        session.persist(new Product("sku-" + n, "Product " + n,
            new BigDecimal("1.25").multiply(BigDecimal.valueOf(n + 1)), STOCK));
      }
    });
    int upserted = shop.execute("insert into customers (email, name) select email, name || '!' from"
        + " customers on conflict (email) do update set name = excluded.name");
    assertThat(upserted).isEqualTo(5);
    shop.sessions.inStatelessTransaction(session -> {
      Product product = session.get(Product.class, 1L);
      product.name = "Product 0!";
      session.upsert(product);
    });
    assertThat(shop.query("select name || version from products where id = 1", String.class))
        .isEqualTo("Product 0!1");

    Customer last = shop.sessions.fromTransaction(
        session -> session.createSelectionQuery("from Customer where email = ?1", Customer.class)
            .setParameter(1, "c4@example.org")
            .getSingleResult());
    assertThat(last.name).isEqualTo("Zoë 4!");
    assertThat(last.profile).isEqualTo(Map.of("n", 4, "likes", List.of("tea")));
    assertThat(last.tags).containsExactly("a", "b\"4");
    assertThat(last.updatedAt).isNotNull();
  }

  void ordersConcurrently() throws Exception {
    concurrently(ORDERS, this::order);

    assertThat(shop.query("select (select sum(stock) from products where sku like 'sku-%')"
        + " + (select sum(quantity) from order_items)", Long.class))
        .isEqualTo((long) PRODUCTS * STOCK);
    assertThat(shop.query("select count(*) from audit_log", Long.class)).isEqualTo(ORDERS);
  }

  /** One customer's order: rows locked in one order, a savepoint that fails, then a batch. */
  private void order(int n) {
    shop.sessions.inTransaction(session -> {
      List<Product> products = session
          .createSelectionQuery("from Product where sku in (:skus) order by id", Product.class)
          .setParameter("skus",
              List.of("sku-" + n % PRODUCTS, "sku-" + (n * 5 + 1) % PRODUCTS))
          .setLockMode(LockModeType.PESSIMISTIC_WRITE)
          .getResultList();
      session.doWork(connection -> failsInASavepoint(connection, products.getFirst().id));
      Order order = new Order(session.getReference(Customer.class, 1L + n % 5));
      session.persist(order);
      session.flush();
      for (Product product : products) {
        order.add(product, order.items.size() + 1);
        product.stock -= order.items.size();
      }
      order.items.forEach(session::persist);
      order.status = Order.Status.PAID;
    });
  }

  private static void failsInASavepoint(Connection connection, long product)
      throws java.sql.SQLException {
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      assertThat(refusal(() -> statement
          .executeUpdate("update products set stock = -1 where id = " + product)))
          .isEqualTo("23514");
    }
    connection.rollback(before);
  }

  void retriesWhatCannotBeSerialized() throws Exception {
    concurrently(VISITS, n -> {
      String outcome;
      do {
        outcome = refusal(() -> shop.sessions.inTransaction(this::visit));
      } while ("40001".equals(outcome));
      assertThat(outcome).isEqualTo("null");
    });
    assertThat(
        shop.query("select (profile ->> 'visits')::int from customers where id = 1", Integer.class))
        .isEqualTo(VISITS);
  }

  private void visit(Session session) {
    shop.execute(session, "set transaction isolation level serializable");
    Customer customer = session.find(Customer.class, 1L);
    Map<String, Object> profile = new java.util.HashMap<>(customer.profile);
    profile.merge("visits", 1, (old, one) -> (Integer) old + (Integer) one);
    customer.profile = profile;
  }

  void loseNoUpdateToAStaleVersion() {
    assertThatThrownBy(() -> shop.sessions.inTransaction(session -> {
      session.find(Product.class, 1L).name = "stale";
      shop.execute("update products set version = version + 1 where id = 1");
    })).hasCauseInstanceOf(OptimisticLockException.class);
  }

  void writesInBatches() {
    try (StatelessSession session = shop.sessions.openStatelessSession()) {
      session.getTransaction().begin();
      session.setJdbcBatchSize(100);
      session.insertMultiple(IntStream.range(0, 500)
          .mapToObj(n -> new Product("bulk-" + n, "Bulk " + n, BigDecimal.ONE, 0))
          .toList());
      assertThat(session.createMutationQuery("delete Product where sku like 'bulk-%'")
          .executeUpdate()).isEqualTo(500);
      session.getTransaction().commit();
    }
  }

  void copiesIn() throws Exception {
    String rows = IntStream.range(0, COPIED)
        .mapToObj(n -> "copied-" + n + "\tCopied " + n + "\t2.50\t0\n")
        .collect(Collectors.joining());
    long copied = shop.onConnection(connection -> connection.unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("copy products (sku, name, price, stock) from stdin", new StringReader(rows)));
    assertThat(copied).isEqualTo(COPIED);
  }

  void hearsOfItsTriggers() throws Exception {
    long first = shop.query("select min(id) from orders", Long.class);
    PGNotification[] heard = shop.onConnection(connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute("listen order_status");
        shop.sessions.inTransaction(
            session -> session.find(Order.class, first).status = Order.Status.SHIPPED);
        PGNotification[] all = connection.unwrap(PGConnection.class).getNotifications(20_000);
        statement.execute("unlisten *");
        return all;
      }
    });
    assertThat(heard).extracting(PGNotification::getParameter).containsExactly(first + " SHIPPED");
  }

  void callsItsOwnRoutines() {
    long second = shop.query("select min(id) from orders where status = 'PAID'", Long.class);
    shop.execute("call ship(" + second + ")");
    assertThat(shop.query("select order_total(" + second + ") > 0", Boolean.class)).isTrue();
  }

  private static void concurrently(int times, IntConsumer work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(Shop.AT_ONCE)) {
      List<Future<?>> all = IntStream.range(0, times)
          .<Future<?>>mapToObj(n -> threads.submit(() -> work.accept(n)))
          .toList();
      for (Future<?> one : all) {
        one.get();
      }
    }
  }
}
