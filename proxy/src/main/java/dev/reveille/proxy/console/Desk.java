package dev.reveille.proxy.console;

import dev.reveille.compute.Recall;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Where one session's commands are carried out. Called on event loops; never blocks. */
interface Desk {
  /**
   * Carries out a command, whether the client waits for it or not. The answer is what the client is to
   * be noticed of; it fails with {@link Refused} and nothing else.
   *
   * @param recall how the client takes it back, if that still can be done
   */
  CompletionStage<List<String>> perform(Command command, Recall recall);

  /**
   * Brings these tables up to date; complete at once if there is nothing to do. The answer is a
   * warning, if what is shown may be out of date. Never fails.
   */
  CompletionStage<Optional<String>> refresh(Topics topics);
}
