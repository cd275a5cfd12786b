package dev.reveille.proxy.console;

import java.util.Map;
import java.util.stream.Collectors;

/** Texts, numbers, and true or false as a JSON object. */
final class Json {
  private Json() {
  }

  static String object(Map<String, Object> facts) {
    return facts.entrySet()
        .stream()
        .map(fact -> string(fact.getKey()) + ":" + value(fact.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : string(value.toString());
  }

  private static String string(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints().forEach(c -> {
      if (c == '"' || c == '\\') {
        out.append('\\').appendCodePoint(c);
      } else if (c == 0) {
        out.append('?');
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", c));
      } else {
        out.appendCodePoint(c);
      }
    });
    return out.append('"').toString();
  }
}
