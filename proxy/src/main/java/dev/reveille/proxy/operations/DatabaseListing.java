package dev.reveille.proxy.operations;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Databases and checkpoints for people and programs to read. */
final class DatabaseListing {
  private final Ground ground;

  DatabaseListing(Ground ground) {
    this.ground = ground;
  }

  /** All of the account, by name. */
  List<DatabaseView> databases(AccountId account) {
    Map<DatabaseId, ComputeStatus> statuses = ground.computes()
        .statuses()
        .stream()
        .collect(Collectors.toMap(ComputeStatus::database, Function.identity(), (a, b) -> b));
    return ground.catalog()
        .databases(account)
        .stream()
        .map(database -> {
          Optional<ComputeStatus> status = Optional
              .ofNullable(statuses.get(database.route().database()));
          return view(database, status.map(ComputeStatus::state).orElse("asleep"),
              status.map(ComputeStatus::sessions).orElse(0));
        })
        .toList();
  }

  /** @param compute the state of its compute, which counts while the database is ready */
  static DatabaseView view(DatabaseRecord database, String compute, int sessions) {
    Route route = database.route();
    String state = database.state() == DatabaseState.READY ? compute : database.state().word();
    return new DatabaseView(route.name(), route.database().toString(), route.homeCell().value(),
        state, sessions, database.createdAt(),
        database.createdBy(), route.lifetime().expiresAt(), database.lineage().parentName(),
        database.lineage().checkpoint(), route.settings().suspendAfter(), database.usedAt());
  }

  /** All of the account, newest first. */
  List<CheckpointView> checkpoints(AccountId account) {
    return ground.catalog()
        .checkpoints()
        .checkpoints(account)
        .stream()
        .map(CheckpointView::of)
        .toList();
  }

  /** Of the account's branches, newest first. */
  List<CheckpointView> bases(AccountId account) {
    return ground.catalog()
        .checkpoints()
        .bases(account)
        .stream()
        .map(CheckpointView::of)
        .toList();
  }
}
