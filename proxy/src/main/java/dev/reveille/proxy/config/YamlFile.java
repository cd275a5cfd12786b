package dev.reveille.proxy.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads the file into values by path, and complains about every key that is unknown, written twice
 * or of the wrong shape. The declared options are the only schema.
 */
final class YamlFile {
  private final String name;
  private final List<String> problems;
  private final Map<String, Written> values = new LinkedHashMap<>();

  private YamlFile(String name, List<String> problems) {
    this.name = name;
    this.problems = problems;
  }

  /** The values by concrete path ({@code cells[0].id}). Problems are added to the list. */
  static Map<String, Written> read(String name, String text, List<String> problems) {
    YamlFile file = new YamlFile(name, problems);
    LoadSettings settings = LoadSettings.builder()
        .setLabel(name)
        .setMaxAliasesForCollections(0)
        .build();
    try {
      new Compose(settings).composeString(text)
          .filter(node -> !Tag.NULL.equals(node.getTag()))
          .ifPresent(node -> file.mapping("", "", node));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      problems.add(name + ":" + line + ": " + e.getProblem());
    } catch (YamlEngineException e) {
      problems.add(name + ": " + e.getMessage());
    }
    return file.values;
  }

  private void mapping(String declared, String concrete, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      problems.add(place(node) + ": " + (concrete.isEmpty() ? "the file" : concrete)
          + " must have keys, one a line");
      return;
    }
    Set<String> known = keysUnder(declared);
    Set<String> seen = new LinkedHashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node keyNode = tuple.getKeyNode();
      String key = keyNode instanceof ScalarNode scalar ? scalar.getValue() : "?";
      if (!seen.add(key)) {
        problems.add(place(keyNode) + ": " + dotted(concrete, key) + " is written twice");
      } else if (known.contains(key)) {
        value(dotted(declared, key), dotted(concrete, key), tuple.getValueNode());
      } else if (known.contains(key + "[]")) {
        sequence(dotted(declared, key + "[]"), dotted(concrete, key), tuple.getValueNode());
      } else {
        problems.add(place(keyNode) + ": unknown key \"" + dotted(concrete, key) + "\""
            + Nearest.hint(key, known.stream().map(k -> k.replace("[]", "")).toList()));
      }
    }
  }

  private void sequence(String declared, String concrete, Node node) {
    if (!(node instanceof SequenceNode sequence)) {
      problems.add(place(node) + ": " + concrete + " must be a list, each item after a dash");
      return;
    }
    int index = 0;
    for (Node item : sequence.getValue()) {
      mapping(declared, concrete + "[" + index++ + "]", item);
    }
  }

  private void value(String declared, String concrete, Node node) {
    boolean section = Options.all().stream().noneMatch(option -> option.path().equals(declared));
    if (section) {
      mapping(declared, concrete, node);
    } else if (node instanceof ScalarNode scalar && !Tag.NULL.equals(scalar.getTag())) {
      values.put(concrete, new Written(scalar.getValue(), place(node)));
    } else if (node instanceof SequenceNode sequence
        && sequence.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
      String texts = sequence.getValue()
          .stream()
          .map(item -> ((ScalarNode) item).getValue())
          .collect(Collectors.joining(","));
      values.put(concrete, new Written(texts, place(node)));
    } else {
      problems.add(place(node) + ": " + concrete + " needs one value; leave the key out for the "
          + "default");
    }
  }

  /** The next segments of all options below a section; lists keep their brackets. */
  private static Set<String> keysUnder(String declared) {
    int depth = declared.isEmpty() ? 0 : declared.split("\\.", -1).length;
    return Options.all()
        .stream()
        .filter(option -> declared.isEmpty() || option.path().startsWith(declared + "."))
        .map(option -> option.segments().get(depth))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String dotted(String parent, String key) {
    return parent.isEmpty() ? key : parent + "." + key;
  }

  private String place(Node node) {
    return name + ":" + node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }
}
