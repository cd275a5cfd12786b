package dev.reveille.compute;

import dev.reveille.compute.machine.Waiters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Who waits for a wake of one database, until they are answered or leave. Confined to its lane. */
final class WaitingRoom {
  private final Map<Long, Waiter> waiters = new HashMap<>();

  Waiter enter(long id, StartPermit permit, LongConsumer left) {
    Waiter waiter = new Waiter(id, permit, left);
    waiters.put(id, waiter);
    return waiter;
  }

  /** Whether it was still waiting. It gets its leave back. */
  boolean leave(long id) {
    Waiter gone = waiters.remove(id);
    if (gone != null) {
      gone.returnPermit();
    }
    return gone != null;
  }

  int size() {
    return waiters.size();
  }

  /** Of all who wait for a start the first with leave pays for it; the others get theirs back. */
  void spendOnePermit(List<Long> starting) {
    boolean spent = false;
    for (long id : starting) {
      Waiter waiter = waiters.get(id);
      if (waiter != null && spent) {
        waiter.returnPermit();
      } else if (waiter != null) {
        spent = waiter.spendPermit();
      }
    }
  }

  void answer(Waiters several, WakeOutcome outcome) {
    several.ids().forEach(id -> answer(id, outcome));
  }

  void answer(long id, WakeOutcome outcome) {
    Waiter waiting = waiters.remove(id);
    if (waiting != null) {
      waiting.returnPermit();
      waiting.answer(outcome);
    }
  }

  /** None of them may start it. */
  void refuse(Waiters several) {
    for (long id : several.ids()) {
      Waiter waiting = waiters.get(id);
      if (waiting != null) {
        answer(id, new WakeOutcome.NotAllowed(waiting.permit.refusal()));
      }
    }
  }
}
