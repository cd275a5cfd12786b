package dev.reveille.compute.local;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import static dev.reveille.compute.local.LocalCell.await;

/**
 * A process of its own that serves one cell until it is killed: creates a database, writes a row, and
 * prints its storage and the compute's process id.
 */
final class CellLife {
  private CellLife() {
  }

  public static void main(String[] arguments) throws Exception {
    LocalCell cell = LocalCell.existing(Path.of(arguments[0]), settings -> settings.withPool(1, 1));
    LocalCell.Named database = cell.create("kept");
    LocalCell.sql(database.compute(), "a_ddl", "kept", "CREATE TABLE t AS SELECT 5 AS n");
    while (cell.provider().prepared().running() < 1) {
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
    var taken = await(cell.provider().takePrepared());
    System.out.println(database.route().storage() + " "
        + database.compute().processId().getAsLong() + " " + taken.storage());
    System.out.flush();
    String wait = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    System.out.println("ended by itself" + wait);
  }
}
