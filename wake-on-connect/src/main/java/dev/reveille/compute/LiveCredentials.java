package dev.reveille.compute;

import dev.reveille.cell.DatabaseId;
import java.util.concurrent.CompletionStage;

/** Knows which credentials have ended. Asked from any thread; does not block. */
@FunctionalInterface
public interface LiveCredentials {
  /**
   * Whether no live credential of this name may reach the database any more. A stage that fails, as
   * when the catalog cannot be asked, counts as no.
   */
  CompletionStage<Boolean> ended(DatabaseId database, String role);
}
