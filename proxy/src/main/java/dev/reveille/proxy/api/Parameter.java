package dev.reveille.proxy.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One parameter of a query. */
record Parameter(String name, String about, Type type, long min, long max,
    Optional<String> pattern) {
  enum Type {
    TEXT, NUMBER, FLAG
  }

  static final Parameter LIMIT = number("limit", "How many at most.", 1, 200);
  static final Parameter CURSOR = text("cursor", "The `next` of the page before.", 1024,
      "^[A-Za-z0-9_-]+$");

  static Parameter text(String name, String about, int longest, @Nullable String pattern) {
    return new Parameter(name, about, Type.TEXT, 1, longest, Optional.ofNullable(pattern));
  }

  static Parameter number(String name, String about, long min, long max) {
    return new Parameter(name, about, Type.NUMBER, min, max, Optional.empty());
  }

  static Parameter flag(String name, String about) {
    return new Parameter(name, about, Type.FLAG, 0, 1, Optional.empty());
  }

  ObjectNode schema() {
    ObjectNode schema = ApiJson.MAPPER.createObjectNode();
    switch (type) {
      case TEXT -> {
        schema.put("type", "string").put("minLength", min).put("maxLength", max);
        pattern.ifPresent(given -> schema.put("pattern", given));
      }
      case NUMBER -> schema.put("type", "integer").put("minimum", min).put("maximum", max);
      case FLAG -> schema.put("type", "boolean");
    }
    return schema;
  }
}
