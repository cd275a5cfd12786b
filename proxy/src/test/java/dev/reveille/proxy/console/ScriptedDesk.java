package dev.reveille.proxy.console;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Notes what it is asked, and answers as the test says. */
final class ScriptedDesk implements Desk {
  final List<Command> performed = new CopyOnWriteArrayList<>();
  final List<Topics> refreshed = new CopyOnWriteArrayList<>();
  /** Taken first; without one a command succeeds at once. */
  final BlockingQueue<CompletableFuture<List<String>>> answers = new LinkedBlockingQueue<>();
  volatile Optional<String> warning = Optional.empty();

  @Override
  public CompletionStage<List<String>> perform(Command command) {
    performed.add(command);
    CompletableFuture<List<String>> answer = answers.poll();
    return answer == null ? CompletableFuture.completedFuture(List.of()) : answer;
  }

  @Override
  public CompletionStage<Optional<String>> refresh(Topics topics) {
    if (topics.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    refreshed.add(topics);
    return CompletableFuture.supplyAsync(() -> warning);
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
