package dev.reveille.compute.machine;

import dev.reveille.compute.EndReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Prints every transition; {@code -Dcompute.diagram=write} brings the document up to date. */
class ComputeMachineDiagramTest {
  private static final long NOW = 1_000_000_000_000L;
  private static final ComputeMachine MACHINE = new ComputeMachine(ComputeLimits.DEFAULTS);
  private static final Waiters SOME = new Waiters(List.of(1L), List.of(1L));
  private static final Waiters WITHOUT_LEAVE = Waiters.of(1);
  private static final ComputeState.Awake AWAKE = new ComputeState.Awake(1, 0, 0);

  @Test
  void theDocumentShowsTheMachineAsItIs() throws IOException {
    Path document = Path.of("..", "docs", "compute-machine.md");
    String expected = document();
    if ("write".equals(System.getProperty("compute.diagram"))) {
      Files.createDirectories(document.getParent());
      Files.writeString(document, expected);
    }

    assertThat(Files.readString(document))
        .as("run the test with -Dcompute.diagram=write and look at the difference")
        .isEqualTo(expected);
  }

  private static String document() {
    Set<String> rows = new TreeSet<>();
    Map<String, Set<String>> edges = new TreeMap<>();
    for (Map.Entry<String, ComputeState> from : states().entrySet()) {
      for (ComputeEvent event : events()) {
        ComputeTransition transition;
        try {
          transition = MACHINE.step(from.getValue(), event);
        } catch (IllegalStateException impossible) {
          continue;
        }
        String to = name(transition.next());
        String actions = transition.actions()
            .stream()
            .map(a -> a.getClass().getSimpleName())
            .collect(Collectors.joining(", "));
        if (!transition.next().equals(from.getValue()) || !actions.isEmpty()) {
          rows.add("| " + from.getKey() + " | " + name(event) + " | " + to + " | " + actions
              + " |");
        }
        if (!to.equals(name(from.getValue()))) {
          edges.computeIfAbsent(name(from.getValue()) + " --> " + to, edge -> new TreeSet<>())
              .add(name(event));
        }
      }
    }
    return text(rows, edges);
  }

  private static String text(Set<String> rows, Map<String, Set<String>> edges) {
    StringBuilder out = new StringBuilder(
        """
            # The life of a compute

            Printed by `ComputeMachineDiagramTest` from `ComputeMachine`; do not edit. An event that is not
            listed for a state changes nothing there, or cannot happen.

            ```mermaid
            stateDiagram-v2
              [*] --> Asleep
            """);
    edges.forEach((edge, events) -> out.append("  ")
        .append(edge)
        .append(" : ")
        .append(String.join(", ", events))
        .append('\n'));
    out.append("  Dropped --> [*]\n```\n\n| in | when | to | doing |\n|---|---|---|---|\n");
    rows.forEach(row -> out.append(row).append('\n'));
    return out.toString();
  }

  private static String name(Object of) {
    return of.getClass().getSimpleName()
        + (of instanceof ComputeEvent.WakeRequested wake && !wake.mayStart()
            ? " without leave"
            : of instanceof ComputeEvent.ChangeRequested change && change.givesWay()
                ? " giving way"
                : "");
  }

  private static Map<String, ComputeState> states() {
    Map<String, ComputeState> states = new TreeMap<>();
    states.put("Asleep", new ComputeState.Asleep(0));
    states.put("Awake", AWAKE);
    states.put("Awake, failed before",
        new ComputeState.Awake(1, NOW, ComputeLimits.DEFAULTS.attempts()));
    states.put("Holding", new ComputeState.Holding(AWAKE, 1, Waiters.NONE));
    states.put("Holding, waited for", new ComputeState.Holding(AWAKE, 1, SOME));
    states.put("Holding, waited for without leave",
        new ComputeState.Holding(AWAKE, 1, WITHOUT_LEAVE));
    states.put("Stopping then SERVE, waited for without leave",
        new ComputeState.Stopping(WITHOUT_LEAVE, ComputeState.Then.SERVE));
    states.put("BackingOff", new ComputeState.BackingOff(NOW + 1, 2, "reason"));
    states.put("BackingOff, over", new ComputeState.BackingOff(NOW, 2, "reason"));
    states.put("Dropped", new ComputeState.Dropped());
    for (ComputeState.Then then : ComputeState.Then.values()) {
      String suffix = " then " + then;
      states.put("Starting" + suffix, new ComputeState.Starting(Waiters.NONE, 0, false, then));
      states.put("Stopping" + suffix, new ComputeState.Stopping(Waiters.NONE, then));
    }
    states.remove("Stopping then SUSPEND");
    states.remove("Starting then CHANGE");
    for (ComputeState.Then then : List.of(ComputeState.Then.SERVE, ComputeState.Then.STOP,
        ComputeState.Then.DROP)) {
      states.put("Changing then " + then, new ComputeState.Changing(Waiters.NONE, then, false));
      states.put("Changing then " + then + ", giving way",
          new ComputeState.Changing(Waiters.NONE, then, true));
    }
    states.remove("Changing then STOP, giving way");
    states.put("Changing then SERVE, giving way, waited for without leave",
        new ComputeState.Changing(WITHOUT_LEAVE, ComputeState.Then.SERVE, true));
    states.put("Changing then SERVE, waited for",
        new ComputeState.Changing(SOME, ComputeState.Then.SERVE, false));
    states.put("Changing then SERVE, waited for without leave",
        new ComputeState.Changing(WITHOUT_LEAVE, ComputeState.Then.SERVE, false));
    states.put("Stopping then CHANGE, waited for",
        new ComputeState.Stopping(SOME, ComputeState.Then.CHANGE));
    states.put("Starting then SERVE, waited for",
        new ComputeState.Starting(SOME, 0, false, ComputeState.Then.SERVE));
    states.put("Starting then SERVE, waited for, failed before",
        new ComputeState.Starting(SOME, 1, false, ComputeState.Then.SERVE));
    states.put("Starting then SUSPEND, waited for",
        new ComputeState.Starting(SOME, 0, false, ComputeState.Then.SUSPEND));
    states.put("Stopping then SERVE, waited for",
        new ComputeState.Stopping(SOME, ComputeState.Then.SERVE));
    return states;
  }

  private static List<ComputeEvent> events() {
    return List.of(new ComputeEvent.WakeRequested(2, NOW),
        new ComputeEvent.WakeRequested(2, false, NOW), new ComputeEvent.WaiterLeft(1),
        new ComputeEvent.NamingBegan(), new ComputeEvent.Started(1, NOW),
        new ComputeEvent.StartFailed("reason", NOW), new ComputeEvent.SuspendRequested(2),
        new ComputeEvent.AllHeld(1), new ComputeEvent.HoldRefused(1),
        new ComputeEvent.StopRequested(), new ComputeEvent.Stopped(),
        new ComputeEvent.Lost(1, "reason", NOW), new ComputeEvent.DropRequested(),
        new ComputeEvent.ChangeRequested(EndReason.SUSPENDED),
        new ComputeEvent.ChangeRequested(EndReason.SUSPENDED, true), new ComputeEvent.Changed());
  }
}
