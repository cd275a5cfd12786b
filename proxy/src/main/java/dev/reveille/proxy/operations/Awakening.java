package dev.reveille.proxy.operations;

import dev.reveille.cell.Route;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.budget.AccountSpent;
import dev.reveille.proxy.budget.BudgetExhausted;
import dev.reveille.proxy.operations.OperationFailure.Kind;

/** Waking and suspending by hand; both say in words what was done. */
final class Awakening {
  private final Ground ground;

  Awakening(Ground ground) {
    this.ground = ground;
  }

  String suspend(Requester who, String name) {
    Route route = ground.route(who.account(), name);
    return switch (ground.await("the suspend", ground.computes().suspend(route.database()))) {
      case SuspendOutcome.Suspended done -> "\"" + name + "\" is suspended";
      case SuspendOutcome.AlreadyAsleep asleep -> "\"" + name + "\" was already asleep";
      case SuspendOutcome.Busy busy -> throw new OperationFailure(Kind.BUSY, "55006",
          "\"" + name + "\" is at work: " + busy.reason(), "",
          "Try again when its sessions are idle.");
      case SuspendOutcome.AlwaysAwake always -> throw OperationFailure
          .notOffered("\"" + name + "\" is in a static cell and always runs", "");
    };
  }

  String wake(Requester who, String name) {
    Route route = Ground.inUse(ground.route(who.account(), name));
    Wake wake = ground.computes().wake(route, ground.budget().starts(who.account()));
    try {
      return switch (ground.awaitOrRecalled("the wake", wake.outcome())) {
        case WakeOutcome.Ready ready -> "\"" + name + "\" "
            + (ready.cold() ? "is awake" : "was already awake");
        case WakeOutcome.TooManyWaiters many -> throw new OperationFailure(Kind.BUSY,
            many.limit() + " clients already wait for \"" + name + "\"", "");
        case WakeOutcome.BackingOff off -> throw new OperationFailure(
            Kind.BUSY, "\"" + name + "\" keeps failing to start: " + off.reason(),
            "It is tried again in " + off.retryAfter().toSeconds() + " s.");
        case WakeOutcome.NotAllowed(AccountSpent spent) -> throw OperationFailure
            .overBudget(new BudgetExhausted(spent));
        case WakeOutcome.NotAllowed refused -> throw new OperationFailure(Kind.FAILED,
            "\"" + name + "\" may not be started now", "");
        case WakeOutcome.Failed failed -> throw new OperationFailure(Kind.FAILED,
            "\"" + name + "\" could not be started: " + failed.reason(), "The log has more.");
        case WakeOutcome.Dropped dropped -> throw OperationFailure.noSuchDatabase(name);
      };
    } finally {
      wake.abandon();
    }
  }
}
