package dev.reveille.compute.local;

import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CellStorages;
import dev.reveille.compute.Hold;
import dev.reveille.compute.RunningCompute;
import java.nio.file.Path;
import java.util.Optional;

import static dev.reveille.compute.local.LocalCell.await;

/**
 * A process of its own that clones, archives, brings back and deletes storages of one cell until it is
 * killed. Its database must be there, asleep.
 */
final class CloneLife {
  private CloneLife() {
  }

  public static void main(String[] arguments) throws Exception {
    LocalCell cell = LocalCell.existing(Path.of(arguments[0]), settings -> settings);
    Route route = LocalCell.route("kept", StorageId.parse(arguments[1]));
    CellStorages storages = cell.provider().storages();
    System.out.println("goes on");
    System.out.flush();
    while (true) {
      StorageId asleep = StorageId.random();
      StorageId awake = StorageId.random();
      await(storages.clone(route.storage(), Optional.empty(), asleep, new Hold()));
      await(storages.archive(asleep, new Hold()));
      await(storages.archive(route.storage(), new Hold()));
      await(storages.unarchive(route.storage(), new Hold()));
      RunningCompute compute = await(cell.provider().start(route));
      await(storages.clone(route.storage(), Optional.of(compute), awake, new Hold()));
      await(compute.stop());
      await(storages.unarchive(asleep, new Hold()));
      await(storages.delete(asleep));
    }
  }
}
