package dev.reveille.compute.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where a step leads, and what is to be done on the way. */
public record ComputeTransition(ComputeState next, List<ComputeAction> actions) {
  public ComputeTransition {
    actions = List.copyOf(actions);
  }

  static ComputeTransition to(ComputeState next, ComputeAction... actions) {
    return new ComputeTransition(next, Arrays.asList(actions));
  }

  /** Leaves out answers to nobody. */
  ComputeTransition withoutEmptyAnswers() {
    List<ComputeAction> kept = new ArrayList<>(actions);
    kept.removeIf(action -> switch (action) {
      case ComputeAction.AnswerReady ready -> ready.waiters().isEmpty();
      case ComputeAction.AnswerFailed failed -> failed.waiters().isEmpty();
      case ComputeAction.AnswerDropped dropped -> dropped.waiters().isEmpty();
      case ComputeAction.AnswerNotAllowed refused -> refused.waiters().isEmpty();
      case ComputeAction.Start a -> false;
      case ComputeAction.AnswerTooMany a -> false;
      case ComputeAction.AnswerBackingOff a -> false;
      case ComputeAction.AskToHold a -> false;
      case ComputeAction.Release a -> false;
      case ComputeAction.End a -> false;
      case ComputeAction.Stop a -> false;
      case ComputeAction.AnswerSuspend a -> false;
      case ComputeAction.Change a -> false;
      case ComputeAction.GiveUpChange a -> false;
      case ComputeAction.DeleteStorage a -> false;
    });
    return new ComputeTransition(next, kept);
  }
}
