package dev.reveille.proxy.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Prints every transition; {@code -Dsession.diagram=write} brings the document up to date. */
class SessionMachineDiagramTest {
  private static final SessionMachine MACHINE = new SessionMachine(Samples.SETTINGS);

  @Test
  void the_document_shows_the_machine_as_it_is() throws IOException {
    var document = Path.of("..", "docs", "session-machine.md");
    var expected = document();
    if ("write".equals(System.getProperty("session.diagram"))) {
      Files.writeString(document, expected);
    }

    assertThat(Files.readString(document))
        .as("run the test with -Dsession.diagram=write and look at the difference")
        .isEqualTo(expected);
  }

  private static String document() {
    var rows = new ArrayList<String>();
    var edges = new LinkedHashMap<String, Set<String>>();
    Samples.states().forEach((name, state) -> Samples.events().forEach((cause, event) -> {
      var transition = MACHINE.step(state, event);
      var to = name(transition.next());
      var actions = transition.actions()
          .stream()
          .map(SessionMachineDiagramTest::name)
          .collect(Collectors.joining(", "));
      if (!transition.next().equals(state) || !actions.isEmpty()) {
        rows.add("| " + name + " | " + cause + " | " + to + " | " + actions + " |\n");
      }
      if (!to.equals(name(state)) && !(transition.next() instanceof SessionState.Closed)) {
        edges.computeIfAbsent(name(state) + " --> " + to, edge -> new LinkedHashSet<>())
            .add(cause.split(" ", 2)[0]);
      }
    }));
    return text(rows, edges);
  }

  private static String text(List<String> rows, Map<String, Set<String>> edges) {
    var out = new StringBuilder(
        """
            # The life of a session

            Printed by `SessionMachineDiagramTest` from `SessionMachine`; do not edit. An event that is not
            listed for a state changes nothing there. Every state may end in `Closed`; the diagram leaves
            those arrows out, the table has them.

            ```mermaid
            stateDiagram-v2
              [*] --> Arriving : behind a balancer
              [*] --> Opening
            """);
    edges.forEach((edge, events) -> out.append("  ")
        .append(edge)
        .append(" : ")
        .append(String.join(", ", events))
        .append('\n'));
    out.append("```\n\n| in | on | then | doing |\n|---|---|---|---|\n");
    rows.forEach(out::append);
    return out.toString();
  }

  private static String name(SessionState state) {
    return state instanceof SessionState.Closed(var reason)
        ? "Closed (" + reason.label() + ")"
        : state.getClass().getSimpleName();
  }

  /** The action, with what tells one of its kind from another. */
  private static String name(SessionAction action) {
    return switch (action) {
      case SessionAction.Send(var message, _) -> "Send " + message.getClass().getSimpleName();
      case SessionAction.Answer(var answer) -> "Answer " + answer;
      case SessionAction.StartTimer(var timer, _) -> "StartTimer " + timer;
      case SessionAction.StopTimer(var timer) -> "StopTimer " + timer;
      case SessionAction.Mark(var phase) -> "Mark " + phase;
      case SessionAction.AnswerHold(var held) -> "AnswerHold " + (held ? "yes" : "no");
      case SessionAction.CountSecret(_, var good) -> "CountSecret " + (good ? "good" : "bad");
      case SessionAction.Close(_, var words) ->
        words.map(said -> "Close " + said.sqlState()).orElse("Close silently");
      default -> action.getClass().getSimpleName();
    };
  }
}
