package dev.reveille.chaos.drivers.hibernate;

import dev.reveille.chaos.drivers.SleepingShop;
import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

import static dev.reveille.chaos.drivers.hibernate.Shop.refusal;
import static org.assertj.core.api.Assertions.assertThat;

/** Flyway's migrations as ddl, Hibernate's work as rw, its reports as ro; each begins with a wake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HibernateShopTest {
  private final Started started = new Started();
  private SleepingShop shop;
  private Baseline before;

  @BeforeAll
  void start() throws Exception {
    RunningReveille reveille = started.add(RunningReveille.start(Setup.plain()));
    shop = SleepingShop.create(reveille, "hibernate");
    before = Baseline.of(reveille);
  }

  @AfterAll
  void stop() throws Exception {
    before.assertSettles();
    started.close();
  }

  @Test
  @Order(1)
  void flyway_migrates_from_nothing_as_ddl() {
    ConnectionString url = shop.asleep().ddl();
    assertThat(Shop.migrate(url, "3").migrationsExecuted).isEqualTo(4);
    assertThat(Shop.migrate(url, "3").migrationsExecuted).isZero();
    shop.assertWoken();
  }

  @Test
  @Order(2)
  void hibernate_works_as_rw() throws Exception {
    try (Shop application = new Shop(shop.asleep().rw())) {
      Workload work = new Workload(application);
      work.stocksTheShop();
      work.ordersConcurrently();
      work.retriesWhatCannotBeSerialized();
      work.loseNoUpdateToAStaleVersion();
      work.writesInBatches();
      work.copiesIn();
      work.hearsOfItsTriggers();
      work.callsItsOwnRoutines();
      shop.assertWoken();
    }
  }

  @Test
  @Order(3)
  void rw_changes_no_schema() {
    ConnectionString url = shop.rw();
    try (Shop application = new Shop(url)) {
      for (String statement : new String[]{"alter table products add more text",
          "drop table order_items", "truncate order_items", "create table mine (id int)",
          "create schema mine", "drop function order_total", "refresh materialized view"
              + " product_sales",
          "alter type order_status add value 'LOST'"}) {
        assertThat(refusal(() -> application.execute(statement))).as(statement).isEqualTo("42501");
      }
      // Hibernate only logs what it was refused here; the rows are counted below.
      application.sessions.getSchemaManager().truncateMappedObjects();
      assertThat(refusal(() -> Shop.migrate(url, "4"))).isEqualTo("42501");
      assertThat(application.query("select count(*) from order_items", Long.class))
          .isEqualTo(2L * Workload.ORDERS);
    }
  }

  @Test
  @Order(4)
  void flyway_migrates_over_rows_as_ddl() {
    assertThat(Shop.migrate(shop.asleep().ddl(), "latest").migrationsExecuted).isEqualTo(2);
    shop.assertWoken();
    try (Shop application = new Shop(shop.rw())) {
      assertThat(application.query("select sum(points) from customers", Long.class))
          .isEqualTo(Workload.ORDERS - 2);
    }
  }

  @Test
  @Order(5)
  void hibernate_reports_as_ro() throws Exception {
    try (Shop application = new Shop(shop.asleep().ro())) {
      Reports reports = new Reports(application);
      reports.ranksAndSums();
      reports.aggregates();
      reports.streamsWithACursor();
      reports.copiesOut();
      reports.readsOneSnapshot();
      shop.assertWoken();
    }
  }

  @Test
  @Order(6)
  void ro_writes_nothing() {
    try (Shop application = new Shop(shop.ro())) {
      for (String statement : new String[]{
          "insert into products (sku, name, price) values ('x', 'x', 1)",
          "update products set stock = 1", "delete from order_items", "drop view order_totals",
          "create temporary table mine (id int)", "call ship(3)"}) {
        assertThat(refusal(() -> application.execute(statement))).as(statement).isEqualTo("42501");
      }
      assertThat(refusal(() -> application.query("select nextval('orders_seq')", Long.class)))
          .isEqualTo("42501");
      assertThat(refusal(() -> application.sessions.inTransaction(session -> {
        application.execute(session, "set transaction read write");
        session.find(Product.class, 1L).stock = 0;
      }))).isEqualTo("42501");
      assertThat(application.query("select count(*) from order_items", Long.class))
          .isEqualTo(2L * Workload.ORDERS);
    }
  }
}
