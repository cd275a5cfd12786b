package dev.reveille.proxy.app;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Route;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.operations.CreateDatabase;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.operations.StorageFinding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What doctor finds out by itself on a home where nothing runs. */
class RestingHomeTest {
  @Test
  void both_kinds_of_orphan_are_found_and_repaired_and_nothing_else_is_touched() throws Exception {
    OwnRooms rooms = OwnRooms.open();
    try {
      AccountId account = rooms.catalog.defaultAccount();
      Requester who = Requester.control(account);
      Databases databases = rooms.databases();
      for (String name : List.of("lost", "found", "kept")) {
        var _ = databases.create(who, CreateDatabase.named(name));
      }
      Route lost = route(rooms, account, "lost");
      Route orphan = route(rooms, account, "found");
      rooms.computes.suspend(lost.database()).toCompletableFuture().join();
      rooms.computes.deleteStorage(OwnRooms.CELL, lost.storage()).toCompletableFuture().join();
      rooms.computes.suspend(orphan.database()).toCompletableFuture().join();
      rooms.catalog.lifetimes().dropLost(orphan.database(), orphan.storage());
      rooms.stop();

      Home home = new Home(rooms.home);
      Configuration configuration = Configuration.load(home.configuration(), Map.of());
      assertThat(RestingHome.inhabited(home, configuration)).isTrue();
      assertThat(RestingHome.inspect(home, configuration, false))
          .extracting(StorageFinding::storage, StorageFinding::outcome)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple(lost.storage().toString(), ""),
              org.assertj.core.groups.Tuple.tuple(orphan.storage().toString(), ""));
      assertThat(RestingHome.inspect(home, configuration, true))
          .extracting(StorageFinding::outcome)
          .containsExactlyInAnyOrder("deleted", "dropped from the catalog");
      assertThat(RestingHome.inspect(home, configuration, false)).isEmpty();
      assertThat(home.pidFile()).doesNotExist();
    } finally {
      rooms.close();
    }
  }

  @Test
  void a_home_on_which_something_runs_is_left_to_it() throws Exception {
    OwnRooms rooms = OwnRooms.open();
    Home home = new Home(rooms.home);
    Configuration configuration = Configuration.load(home.configuration(), Map.of());
    try (HomeLock held = HomeLock.take(home)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> RestingHome.inspect(home, configuration, true))
          .isInstanceOf(Exception.class);
      assertThat(home.pidFile()).exists();
    } finally {
      rooms.close();
    }
  }

  private static Route route(OwnRooms rooms, AccountId account, String name) {
    return rooms.catalog.route(account, name).orElseThrow();
  }
}
