package dev.reveille.proxy.app;

import dev.reveille.cell.CheckpointKind;
import dev.reveille.compute.Recall;
import dev.reveille.compute.clone.Progress;
import dev.reveille.proxy.operations.CreateDatabase;
import dev.reveille.proxy.operations.Created;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.operations.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Copies that cannot go on, because somebody else has the turn, and whose time is over or whose client
 * cancels: nothing of them is left when whoever asked is told, though the process lives.
 */
class StandingCloneTest {
  @Test
  void a_clone_that_stands_still_is_taken_away_before_its_caller_is_told() throws Exception {
    try (OwnRooms rooms = OwnRooms.open()) {
      Requester who = Requester.control(rooms.catalog.defaultAccount());
      Databases patient = rooms.databases();
      var _ = patient.create(who, CreateDatabase.named("shop"));
      var _ = patient.checkpoint(who, "shop", Optional.of("cp"), CheckpointKind.NAMED);
      var _ = rooms.sql("shop", "create table kept as select 1 as id");
      Databases hasty = rooms.databases(rooms.catalog, rooms.computes, InstantSource.system(),
          event -> {
          }, Duration.ofSeconds(5));

      rooms.turns().enter(Progress.NONE);
      for (boolean sleeping : new boolean[]{false, true}) {
        if (sleeping) {
          var _ = patient.suspend(who, "shop");
        }
        gone(rooms, who, () -> hasty.create(who,
            CreateDatabase.branch("try1", Source.parse("shop"))));
        gone(rooms, who, () -> hasty.create(who,
            CreateDatabase.branch("try1", Source.parse("shop@cp"))));
        gone(rooms, who, () -> hasty.checkpoint(who, "shop", Optional.of("more"),
            CheckpointKind.NAMED));
        gone(rooms, who, () -> hasty.restore(who, "shop", "cp"));
      }
      rooms.turns().leave();

      var _ = hasty.create(who, CreateDatabase.branch("try1", Source.parse("shop")));
      assertThat(rooms.sql("try1", "select id from kept")).containsExactly("1");
    }
  }

  @Test
  void a_clone_that_is_cancelled_is_taken_away_before_its_caller_is_told() throws Exception {
    try (OwnRooms rooms = OwnRooms.open()) {
      Requester who = Requester.control(rooms.catalog.defaultAccount());
      Databases databases = rooms.databases();
      var _ = databases.create(who, CreateDatabase.named("shop"));
      var _ = databases.checkpoint(who, "shop", Optional.of("cp"), CheckpointKind.NAMED);

      rooms.turns().enter(Progress.NONE);
      for (boolean sleeping : new boolean[]{false, true}) {
        if (sleeping) {
          var _ = databases.suspend(who, "shop");
        }
        for (String source : List.of("shop", "shop@cp")) {
          Recall recall = new Recall();
          CompletableFuture<Created> asked = CompletableFuture.supplyAsync(() -> recall.during(
              () -> databases.create(who, CreateDatabase.branch("try1", Source.parse(source)))));
          Awaitility.await()
              .untilAsserted(() -> assertThat(rooms.catalog.databasesBeingCreated()).hasSize(1));

          recall.ask();

          assertThatThrownBy(asked::join).cause()
              .isInstanceOfSatisfying(OperationFailure.class,
                  failure -> assertThat(failure.sqlState()).isEqualTo("57014"));
          nothingIsLeft(rooms, who);
        }
      }
      rooms.turns().leave();
    }
  }

  private static void gone(OwnRooms rooms, Requester who, ThrowingCallable asked) {
    assertThatThrownBy(asked).isInstanceOfSatisfying(OperationFailure.class, failure -> {
      assertThat(failure.sqlState()).isEqualTo("57P03");
      assertThat(failure).hasMessageContaining("made no progress");
    });
    nothingIsLeft(rooms, who);
  }

  private static void nothingIsLeft(OwnRooms rooms, Requester who) {
    assertThat(rooms.databases().inspect(false)).isEmpty();
    assertThat(rooms.databases().list(who)).extracting("name").containsExactly("shop");
    assertThat(rooms.databases().checkpoints(who)).extracting("name").containsExactly("cp");
    assertThat(rooms.catalog.databasesBeingCreated()).isEmpty();
    assertThat(rooms.catalog.checkpoints().unfinishedCheckpoints()).isEmpty();
    assertThat(rooms.catalog.lifetimes().storageIntents(OwnRooms.CELL)).isEmpty();
  }
}
