package dev.reveille.compute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The sessions attached to one compute. Confined to the lane of its database. */
final class Sessions {
  private final Set<AttachedSession> attached = new LinkedHashSet<>();

  void add(AttachedSession session) {
    attached.add(session);
  }

  void remove(AttachedSession session) {
    attached.remove(session);
  }

  int count() {
    return attached.size();
  }

  /** The latest activity of all, or empty if a session is busy at this moment. */
  OptionalLong quietSince(long atLeast) {
    long latest = atLeast;
    for (AttachedSession session : attached) {
      if (!session.atRest()) {
        return OptionalLong.empty();
      }
      long activity = session.lastActivityNanos();
      latest = activity - latest > 0 ? activity : latest;
    }
    return OptionalLong.of(latest);
  }

  /** Asks all; tells once, on any thread, whether every one of them holds. */
  void askToHold(Duration limit, Consumer<Boolean> answer) {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (AttachedSession session : attached) {
      answers.add(session.hold().toCompletableFuture().copy());
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((all, failure) -> answer
            .accept(failure == null && answers.stream().allMatch(CompletableFuture::join)));
  }

  void release() {
    List.copyOf(attached).forEach(AttachedSession::release);
  }

  /** They detach by themselves afterwards. */
  void end(EndReason reason) {
    List.copyOf(attached).forEach(session -> session.end(reason));
  }
}
