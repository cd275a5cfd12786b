package dev.reveille.proxy.api;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * One call that is as its operation describes it, by somebody who may make it.
 *
 * @param query the parameters by name, as JSON
 * @param body an empty object where the operation takes none
 */
public record Call(Caller caller, Map<String, String> path, JsonNode query, JsonNode body) {
  private static final int PAGE = 50;

  String database() {
    return path("database");
  }

  String path(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the path has no " + name);
    }
    return value;
  }

  <T> T body(Class<T> type) {
    return ApiJson.as(body, type);
  }

  int limit() {
    JsonNode limit = query.path("limit");
    return limit.isInt() ? limit.asInt() : PAGE;
  }

  Optional<String> cursor() {
    JsonNode cursor = query.path("cursor");
    return cursor.isString() ? Optional.of(Cursor.open(cursor.asString())) : Optional.empty();
  }

  Optional<String> text(String parameter) {
    JsonNode value = query.path(parameter);
    return value.isString() ? Optional.of(value.asString()) : Optional.empty();
  }

  OptionalInt number(String parameter) {
    JsonNode value = query.path(parameter);
    return value.isInt() ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
  }

  boolean flag(String parameter) {
    return query.path(parameter).asBoolean(false);
  }
}
