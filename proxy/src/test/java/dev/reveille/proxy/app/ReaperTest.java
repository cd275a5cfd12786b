package dev.reveille.proxy.app;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.LifetimeTable;
import dev.reveille.cell.Route;
import dev.reveille.compute.EndReason;
import dev.reveille.proxy.audit.AuditEvent;
import dev.reveille.proxy.audit.AuditKind;
import dev.reveille.proxy.forget.LastUse;
import dev.reveille.proxy.forget.Reaper;
import dev.reveille.proxy.operations.CreateDatabase;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What becomes of databases whose time is over, with a clock that is moved by hand. */
@SuppressWarnings("NullAway.Init")
class ReaperTest {
  private static final Duration WARN = Duration.ofHours(1);
  private static final Duration GRACE = Duration.ofHours(24);
  private static final Duration ORPHAN = Duration.ofHours(24);
  private static OwnRooms rooms;
  private static AccountId account;

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final List<AuditEvent> events = new CopyOnWriteArrayList<>();
  private Databases databases;
  private Reaper reaper;
  private Requester agent;

  @BeforeAll
  static void open() throws Exception {
    rooms = OwnRooms.open();
    account = rooms.catalog.defaultAccount();
  }

  @AfterAll
  static void closeRooms() throws Exception {
    rooms.close();
  }

  @BeforeEach
  void begin() {
    databases = rooms.databases(rooms.catalog, rooms.computes, now::get, events::add);
    reaper = reaper();
    agent = new Requester(account, "an agent", true);
  }

  @AfterEach
  void end() {
    databases.list(agent).forEach(one -> {
      var _ = databases.drop(agent, one.name(), true, true);
    });
  }

  private Reaper reaper() {
    return new Reaper(rooms.catalog, databases.reclaiming(), Set.of(OwnRooms.CELL),
        new Reaper.Rules(WARN, GRACE, ORPHAN), now::get, events::add,
        new LastUse(now::get, rooms.computes::statuses));
  }

  private void pass(Duration time) {
    now.updateAndGet(then -> then.plus(time));
  }

  private List<AuditKind> seen(AuditKind... of) {
    return events.stream().map(AuditEvent::kind).filter(List.of(of)::contains).toList();
  }

  @Test
  void a_new_ttl_brings_back_what_another_proxy_archives_at_that_moment() throws Exception {
    var _ = databases.create(agent, CreateDatabase.named("shop"));
    pass(Duration.ofHours(73));
    LifetimeTable late = after(LifetimeTable.class, rooms.catalog.lifetimes(), "setExpiry",
        table -> {
          assertThat(reaper.look().archived()).isEqualTo(1);
          return null;
        });
    Databases other = rooms.databases(
        after(Catalog.class, rooms.catalog, "lifetimes", catalog -> late), rooms.computes,
        now::get, events::add);

    var _ = other.alter(agent, "shop", Map.of("ttl", "1 d"));

    assertThat(databases.list(agent)).extracting("state").doesNotContain("archived");
    assertThat(rooms.sql("shop", "select 1")).containsExactly("1");
    assertThat(reaper.look().archived()).as("it has time again").isZero();
  }

  /** The same, but for one method: its answer is that of {@code first}, or its own when that has none. */
  private static <T> T after(Class<T> type, T real, String name,
      Function<T, @Nullable Object> first) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
        (proxy, method, arguments) -> {
          Object answer = method.getName().equals(name) ? first.apply(real) : null;
          return answer != null ? answer : method.invoke(real, arguments);
        }));
  }

  @Test
  void an_agents_database_is_warned_of_archived_and_deleted_each_in_its_time() throws Exception {
    var created = databases.create(agent, CreateDatabase.named("shop"));
    String access = databases.issue(Requester.control(account), "shop");
    assertThat(created.notices()).singleElement()
        .asString()
        .contains("\"shop\" expires at", "3 days", "ALTER DATABASE shop SET (ttl");

    pass(Duration.ofHours(71).minusMinutes(1));
    assertThat(reaper.look().warned()).isZero();
    pass(Duration.ofMinutes(2));
    assertThat(reaper.look().warned()).isEqualTo(1);
    assertThat(reaper.look().warned()).isZero();

    pass(WARN);
    assertThat(reaper.look().archived()).isEqualTo(1);
    assertThat(databases.list(agent)).extracting("state").containsExactly("archived");
    assertThatThrownBy(() -> databases.wake(agent, "shop"))
        .isInstanceOfSatisfying(OperationFailure.class, failure -> {
          assertThat(failure.sqlState()).isEqualTo("55000");
          assertThat(failure.hint()).contains("ALTER DATABASE shop SET (ttl = '1 d')");
        });

    pass(GRACE.minusMinutes(1));
    assertThat(reaper.look().deleted()).isZero();
    pass(Duration.ofMinutes(2));
    assertThat(reaper.look().deleted()).isEqualTo(1);
    assertThat(databases.list(agent)).isEmpty();
    assertThat(databases.inspect(false)).isEmpty();
    assertThat(rooms.catalog.credentials(account))
        .filteredOn(one -> access.contains(one.name()))
        .singleElement()
        .matches(one -> one.revoked());
    assertThat(seen(AuditKind.DATABASE_EXPIRING, AuditKind.DATABASE_ARCHIVED,
        AuditKind.DATABASE_EXPIRED)).containsExactly(AuditKind.DATABASE_EXPIRING,
            AuditKind.DATABASE_ARCHIVED, AuditKind.DATABASE_EXPIRED);
  }

  @Test
  void an_archived_database_comes_back_whole_when_it_is_given_more_time() throws Exception {
    var _ = databases.create(agent, CreateDatabase.named("shop"));
    var _ = rooms.sql("shop", "create table kept as select 42 as what");
    pass(Duration.ofHours(73));
    assertThat(reaper.look().archived()).isEqualTo(1);

    assertThat(databases.alter(agent, "shop", Map.of("ttl", "1 day"))).singleElement()
        .asString()
        .contains("24 hours");

    assertThat(rooms.sql("shop", "select what from kept")).containsExactly("42");
    pass(Duration.ofHours(22));
    assertThat(reaper.look().archived()).isZero();
    pass(Duration.ofHours(3));
    assertThat(reaper.look().archived()).isEqualTo(1);
  }

  @Test
  void a_database_that_says_so_never_expires_and_an_agent_may_not_say_so() {
    Requester control = Requester.control(account);
    assertThat(databases.create(control, CreateDatabase.named("kept")).notices())
        .containsExactly("database \"kept\" never expires");
    assertThatThrownBy(() -> databases.alter(agent, "kept", Map.of("ttl", "never")))
        .isInstanceOfSatisfying(OperationFailure.class,
            failure -> assertThat(failure.sqlState()).isEqualTo("22023"));
    assertThatThrownBy(() -> databases.alter(agent, "kept", Map.of("ttl", "31 days")))
        .isInstanceOfSatisfying(OperationFailure.class,
            failure -> assertThat(failure.detail()).contains("30d"));

    pass(Duration.ofHours(20));

    assertThat(reaper.look()).isEqualTo(new Reaper.Round(0, 0, 0, 0, 0));
  }

  @Test
  void an_orphan_is_given_its_end_and_a_database_in_use_is_not() throws Exception {
    Requester control = Requester.control(account);
    var _ = databases.create(control, CreateDatabase.named("orphan"));
    var _ = databases.create(control, CreateDatabase.named("owned"));
    var _ = databases.issue(control, "owned");
    var _ = databases.create(control, CreateDatabase.named("used"));
    pass(ORPHAN.minusHours(1));
    rooms.catalog.lifetimes()
        .noteUse(Map.of(rooms.catalog.route(account, "used").orElseThrow().database(),
            now.get()));

    pass(Duration.ofHours(2));
    assertThat(reaper.look().orphaned()).isEqualTo(1);
    assertThat(reaper.look().orphaned()).isZero();
    pass(WARN.plusMinutes(1));
    assertThat(reaper.look().archived()).isEqualTo(1);

    assertThat(databases.list(control)).filteredOn(one -> one.state().equals("archived"))
        .extracting("name")
        .containsExactly("orphan");
  }

  @Test
  void two_reapers_do_each_step_once() throws Exception {
    for (int i = 0; i < 6; i++) {
      var _ = databases.create(agent, CreateDatabase.named("one" + i));
    }
    Reaper other = new Reaper(rooms.catalog,
        rooms.databases(rooms.catalog, rooms.computes, now::get, events::add).reclaiming(),
        Set.of(OwnRooms.CELL), new Reaper.Rules(WARN, GRACE, ORPHAN), now::get, events::add,
        new LastUse(now::get, rooms.computes::statuses));

    pass(Duration.ofHours(71).plusMinutes(30));
    both(other);
    pass(Duration.ofHours(1));
    both(other);
    pass(GRACE.plusMinutes(1));
    both(other);
    both(other);

    assertThat(databases.list(agent)).isEmpty();
    assertThat(databases.inspect(false)).isEmpty();
    for (AuditKind kind : List.of(AuditKind.DATABASE_EXPIRING, AuditKind.DATABASE_ARCHIVED,
        AuditKind.DATABASE_EXPIRED)) {
      assertThat(seen(kind)).as(kind.label()).hasSize(6);
    }
  }

  @Test
  void a_database_that_takes_its_time_does_not_keep_the_others() throws Exception {
    var _ = databases.create(agent, CreateDatabase.named("slow"));
    pass(Duration.ofSeconds(1));
    var _ = databases.create(agent, CreateDatabase.named("quick"));
    pass(Duration.ofHours(73));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Route slow = rooms.catalog.route(account, "slow").orElseThrow();
    var busy = rooms.computes.quiesced(slow, EndReason.SUSPENDED, true, () -> {
      begun.countDown();
      goOn.await();
      return slow;
    });
    begun.await();

    CountDownLatch archived = new CountDownLatch(1);
    databases = rooms.databases(rooms.catalog, rooms.computes, now::get, event -> {
      if (event.kind() == AuditKind.DATABASE_ARCHIVED) {
        archived.countDown();
      }
    });
    CompletableFuture<Reaper.Round> look = CompletableFuture.supplyAsync(reaper()::look,
        command -> Thread.ofVirtual().start(command));
    try {
      assertThat(archived.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(databases.list(agent)).filteredOn(one -> one.state().equals("archived"))
          .extracting("name")
          .containsExactly("quick");
    } finally {
      goOn.countDown();
    }
    assertThat(look.join().archived()).isEqualTo(2);
    assertThat(busy.toCompletableFuture().join()).isEqualTo(slow);
  }

  private void both(Reaper other) {
    CompletableFuture<?> beside = CompletableFuture.runAsync(other::look,
        command -> Thread.ofVirtual().start(command));
    var _ = reaper.look();
    beside.join();
  }

  @Test
  void a_checkpoint_outlives_its_database_and_goes_in_its_own_time() throws Exception {
    var _ = databases.create(agent, CreateDatabase.named("shop"));
    var _ = databases.checkpoint(agent, "shop", Optional.of("cp"), CheckpointKind.NAMED);
    var _ = databases.drop(agent, "shop", false, true);

    pass(Duration.ofDays(6));
    assertThat(reaper.look().checkpoints()).isZero();
    assertThat(databases.checkpoints(agent)).hasSize(1);
    pass(Duration.ofDays(2));
    assertThat(reaper.look().checkpoints()).isEqualTo(1);

    assertThat(databases.checkpoints(agent)).isEmpty();
    assertThat(databases.inspect(false)).isEmpty();
  }
}
