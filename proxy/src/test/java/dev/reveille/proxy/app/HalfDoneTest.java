package dev.reveille.proxy.app;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.Route;
import dev.reveille.proxy.app.Stopping.Gone;
import dev.reveille.proxy.forget.LastUse;
import dev.reveille.proxy.forget.Reaper;
import dev.reveille.proxy.operations.CreateDatabase;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.operations.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left of an operation that its process did not survive, at every step that changes something,
 * before the step and after it; and what the next life makes of it.
 */
@SuppressWarnings("NullAway.Init")
class HalfDoneTest {
  private static final int MOST_STEPS = 20;
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static OwnRooms rooms;
  private static AccountId account;
  private static Requester who;

  /** One operation on databases that are there. */
  enum Case {
    CREATE, BRANCH, BRANCH_OF_CHECKPOINT, CHECKPOINT, DROP_CHECKPOINT, FORGET_CHECKPOINT, RESTORE, UNDO_RESTORE, RENAME, DROP, DROP_AT_REST, DROP_BRANCH, RESTORE_ANOTHERS, ARCHIVE, BRING_BACK, FORGET, FORGET_BRANCH, END_ORPHAN, LOOK;

    Object run(Databases databases, Catalog catalog, String shop, String other) {
      return switch (this) {
        case CREATE -> databases.createWithAccess(who, CreateDatabase.named(other));
        case BRANCH ->
          databases.create(who, CreateDatabase.branch(other, Source.parse(shop)));
        case BRANCH_OF_CHECKPOINT ->
          databases.create(who, CreateDatabase.branch(other, Source.parse(shop + "@cp")));
        case CHECKPOINT ->
          databases.checkpoint(who, shop, Optional.of("more"), CheckpointKind.NAMED);
        case DROP_CHECKPOINT -> {
          databases.dropCheckpoint(who, shop, "cp");
          yield shop;
        }
        case FORGET_CHECKPOINT -> databases.reclaiming().forget(checkpoint(shop, "cp"));
        case RESTORE -> databases.restore(who, shop, "cp");
        case UNDO_RESTORE ->
          databases.restore(who, shop, checkpoint(shop, "before-restore-").name());
        case RENAME -> {
          databases.rename(who, shop, other);
          yield other;
        }
        case DROP -> databases.drop(who, shop, false, true);
        case DROP_AT_REST -> databases.drop(who, shop, false, false);
        case DROP_BRANCH -> databases.drop(who, other, false, true);
        case RESTORE_ANOTHERS -> databases.restore(who, other, "anothers");
        case ARCHIVE -> databases.reclaiming().archive(route(shop), NOW.plusSeconds(7200));
        case BRING_BACK -> databases.alter(who, shop, Map.of("ttl", "2 h"));
        case FORGET ->
          databases.reclaiming().forget(route(shop), NOW.plusSeconds(9000), NOW.plusSeconds(9000));
        case FORGET_BRANCH ->
          databases.reclaiming().forget(route(other), NOW.plusSeconds(9000), NOW.plusSeconds(9000));
        case END_ORPHAN -> look(databases, catalog, NOW);
        case LOOK -> look(databases, catalog, NOW.plusSeconds(7200));
      };
    }

    /** All that the reaper does. */
    private static Reaper.Round look(Databases databases, Catalog catalog, Instant now) {
      Reaper.Rules rules = new Reaper.Rules(Duration.ofHours(1), Duration.ofHours(24),
          Duration.ofHours(24));
      return new Reaper(catalog, databases.reclaiming(), Set.of(OwnRooms.CELL), rules,
          InstantSource.fixed(now), event -> {
          }, new LastUse(InstantSource.fixed(now), List::of)).look();
    }

    private static Checkpoint checkpoint(String shop, String beginning) {
      return rooms.catalog.checkpoints()
          .checkpointsOf(route(shop).database())
          .stream()
          .filter(one -> one.name().startsWith(beginning))
          .findFirst()
          .orElseThrow();
    }

    boolean ofArchived() {
      return this == BRING_BACK || this == FORGET || this == FORGET_BRANCH;
    }

    boolean ofBranch() {
      return this == DROP_BRANCH || this == FORGET_BRANCH || this == RESTORE_ANOTHERS;
    }
  }

  private static Route route(String name) {
    return rooms.catalog.route(account, name).orElseThrow();
  }

  @BeforeAll
  static void open() throws Exception {
    rooms = OwnRooms.open();
    account = rooms.catalog.defaultAccount();
    who = Requester.control(account);
  }

  @AfterAll
  static void close() throws Exception {
    rooms.close();
  }

  @ParameterizedTest
  @EnumSource
  void nothing_half_done_is_left_whichever_step_was_the_last(Case of) throws Exception {
    for (boolean late : new boolean[]{false, true}) {
      boolean stopped = true;
      for (int step = 1; stopped; step++) {
        assertThat(step).isLessThan(MOST_STEPS);
        stopped = dieAt(of, step, late);
      }
    }
  }

  /** Whether it came to that step at all. */
  private static boolean dieAt(Case of, int step, boolean late) throws Exception {
    String shop = "shop" + NUMBER.incrementAndGet();
    String other = "other" + NUMBER.get();
    Databases whole = rooms.databases(rooms.catalog, rooms.computes, InstantSource.fixed(NOW),
        event -> {
        });
    var _ = whole.create(who, CreateDatabase.named(shop));
    var _ = rooms.sql(shop, "create table kept (what text)");
    var _ = rooms.sql(shop, "insert into kept values ('" + shop + "')");
    var _ = whole.checkpoint(who, shop, Optional.of("cp"), CheckpointKind.NAMED);
    if (of == Case.UNDO_RESTORE) {
      var _ = whole.restore(who, shop, "cp");
    }
    var _ = whole.alter(who, shop, Map.of("ttl", of == Case.END_ORPHAN ? "never" : "1 h"));
    if (of.ofBranch()) {
      var _ = whole.create(who, CreateDatabase.named(other));
      var _ = rooms.sql(other, "create table kept as select '" + shop + "'::text as what");
      var _ = whole.checkpoint(who, other, Optional.of("anothers"), CheckpointKind.NAMED);
      var _ = whole.drop(who, other, false, true);
      var _ = whole.create(who, CreateDatabase.branch(other, Source.parse(shop)));
      var _ = whole.alter(who, other, Map.of("ttl", "1 h"));
    }
    if (of.ofArchived()) {
      whole.reclaiming().archive(route(of.ofBranch() ? other : shop), NOW.plusSeconds(7200));
    }

    Stopping stopping = new Stopping(step, late);
    boolean answered = runs(of, stopping, shop, other);

    Databases next = rooms.databases(rooms.catalog, rooms.computes, InstantSource.fixed(NOW),
        event -> {
        });
    next.recover();
    String place = of + " stopped at " + stopping.last() + " (" + step + ", late " + late + ")";
    assertThat(next.inspect(false)).as(place).isEmpty();
    assertThat(rooms.catalog.lifetimes().storageIntents(OwnRooms.CELL)).as(place).isEmpty();
    assertThat(rooms.catalog.checkpoints().unfinishedCheckpoints()).as(place).isEmpty();
    assertThat(rooms.catalog.databases(account)).as(place)
        .extracting(DatabaseRecord::state)
        .extracting(Enum::name)
        .isSubsetOf("READY", "ARCHIVED");
    bases(of, other, place, answered);
    usable(next, of, shop, other, place, answered);
    assertThat(rooms.catalog.checkpoints().bases(account)).as(place).isEmpty();
    return stopping.stopped();
  }

  private static boolean runs(Case of, Stopping stopping, String shop, String other) {
    Catalog catalog = stopping.before(rooms.catalog);
    Databases dying = rooms.databases(catalog, stopping.before(rooms.computes),
        InstantSource.fixed(NOW), event -> {
        });
    try {
      var _ = of.run(dying, catalog, shop, other);
      return true;
    } catch (Gone | OperationFailure e) {
      return false;
    }
  }

  /** A branch has one whole base, unless it is one of a checkpoint; what is no branch has none. */
  private static void bases(Case of, String other, String place, boolean answered) {
    var branch = rooms.catalog.databases(account)
        .stream()
        .filter(one -> one.route().name().equals(other))
        .findFirst();
    boolean has = branch
        .filter(one -> one.lineage().isBranch() && one.lineage().checkpoint().isEmpty())
        .isPresent();
    assertThat(has).as(place)
        .isEqualTo(branch.isPresent() && (of == Case.BRANCH
            || (of.ofBranch() && !(of == Case.RESTORE_ANOTHERS && restored(other)))));
    var found = rooms.catalog.checkpoints().bases(account);
    if (has) {
      assertThat(found).as(place).singleElement().matches(one -> one.databaseName().equals(other));
    } else if (of != Case.RESTORE_ANOTHERS || answered) {
      assertThat(found).as(place).isEmpty();
    }
  }

  private static boolean restored(String name) {
    return rooms.catalog.checkpoints()
        .checkpoints(account)
        .stream()
        .anyMatch(one -> one.databaseName().equals(name) && one.kind() == CheckpointKind.RESTORE);
  }

  /** Every name is either free or leads to a whole database. */
  private static void usable(Databases next, Case of, String shop, String other, String place,
      boolean answered) throws Exception {
    boolean ends = of == Case.DROP || of == Case.DROP_AT_REST || of == Case.FORGET;
    boolean endsBranch = of == Case.DROP_BRANCH || of == Case.FORGET_BRANCH;
    assertThat(answered && endsBranch && rooms.catalog.route(account, other).isPresent())
        .as(place)
        .isFalse();
    int alive = 0;
    for (String name : List.of(shop, other)) {
      var route = rooms.catalog.route(account, name);
      if (route.isEmpty()) {
        continue;
      }
      alive++;
      if (route.get().lifetime().archived()) {
        var _ = next.alter(who, name, Map.of("ttl", "2 h"));
      }
      boolean empty = of == Case.CREATE && name.equals(other);
      assertThat(rooms.sql(name, empty ? "select '" + shop + "'" : "select what from kept"))
          .as(place)
          .containsExactly(shop);
      assertThat(rooms.sql(name, "select current_database()")).as(place).containsExactly(name);
      var _ = next.drop(who, name, false, true);
    }
    if (!ends) {
      assertThat(alive).as(place).isPositive();
    } else if (answered) {
      assertThat(alive).as(place).isZero();
    }
    next.checkpoints(who)
        .stream()
        .filter(one -> one.database().equals(shop) || one.database().equals(other))
        .forEach(one -> next.dropCheckpoint(who, one.database(), one.name()));
    var _ = next.create(who, CreateDatabase.named(other));
    var _ = next.drop(who, other, false, true);
    assertThat(next.inspect(false)).as(place).isEmpty();
  }

  @Test
  void a_branch_whose_storage_is_lost_takes_its_base_along() {
    Databases databases = rooms.databases();
    var _ = databases.create(who, CreateDatabase.named("whole"));
    var _ = databases.create(who, CreateDatabase.branch("broken", Source.parse("whole")));
    assertThat(databases.bases(who)).extracting("database", "kind")
        .containsExactly(org.assertj.core.groups.Tuple.tuple("broken", "base"));
    assertThat(databases.checkpoints(who)).extracting("kind").doesNotContain("base");
    rooms.computes.deleteStorage(OwnRooms.CELL, route("broken").storage())
        .toCompletableFuture()
        .join();

    assertThat(databases.inspect(true)).extracting("name").containsExactly("broken");

    assertThat(databases.inspect(false)).isEmpty();
    assertThat(databases.bases(who)).isEmpty();
    var _ = databases.drop(who, "whole", false, true);
  }

  @Test
  void what_nothing_has_is_found_and_repaired() throws Exception {
    Databases databases = rooms.databases();
    var _ = databases.create(who, CreateDatabase.named("lost"));
    var _ = databases.create(who, CreateDatabase.named("found"));
    var lost = rooms.catalog.route(account, "lost").orElseThrow();
    var orphan = rooms.catalog.route(account, "found").orElseThrow();
    rooms.computes.suspend(lost.database()).toCompletableFuture().join();
    rooms.computes.suspend(orphan.database()).toCompletableFuture().join();
    rooms.computes.deleteStorage(OwnRooms.CELL, lost.storage()).toCompletableFuture().join();
    rooms.catalog.lifetimes().dropLost(orphan.database(), orphan.storage());

    assertThat(databases.inspect(false)).extracting("storage", "name")
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(lost.storage().toString(), "lost"),
            org.assertj.core.groups.Tuple.tuple(orphan.storage().toString(), ""));
    assertThat(databases.inspect(true)).extracting("outcome")
        .containsExactlyInAnyOrder("deleted", "dropped from the catalog");
    assertThat(databases.inspect(false)).isEmpty();
    assertThat(databases.list(who)).extracting("name").doesNotContain("lost", "found");
  }
}
