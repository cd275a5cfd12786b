package dev.reveille.proxy.console;

import dev.reveille.compute.Recall;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Notes what it is asked, and answers as the test says. */
final class ScriptedDesk implements Desk {
  final List<Command> performed = new CopyOnWriteArrayList<>();
  final List<Recall> recalls = new CopyOnWriteArrayList<>();
  final List<Topics> refreshed = new CopyOnWriteArrayList<>();
  /** Taken first; without one a command succeeds at once. */
  final BlockingQueue<CompletableFuture<List<String>>> answers = new LinkedBlockingQueue<>();
  /** If there is one, bringing tables up to date takes until it is complete. */
  volatile @Nullable CompletableFuture<Optional<String>> refreshing;
  volatile Optional<String> warning = Optional.empty();

  @Override
  public CompletionStage<List<String>> perform(Command command, Recall recall) {
    performed.add(command);
    recalls.add(recall);
    CompletableFuture<List<String>> answer = answers.poll();
    return answer == null ? CompletableFuture.completedFuture(List.of()) : answer;
  }

  @Override
  public CompletionStage<Optional<String>> refresh(Topics topics) {
    if (topics.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    refreshed.add(topics);
    CompletableFuture<Optional<String>> wait = refreshing;
    return wait != null ? wait : CompletableFuture.supplyAsync(() -> warning);
  }

  /** The next command waits for this. */
  CompletableFuture<List<String>> gate() {
    CompletableFuture<List<String>> gate = new CompletableFuture<>();
    answers.add(gate);
    return gate;
  }

  void failNext(Refused refused) {
    answers.add(CompletableFuture.failedFuture(refused));
  }
}
