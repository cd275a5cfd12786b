package dev.reveille.proxy.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as the API writes and reads it: snake_case, nothing for what there is not, keys once. */
public final class ApiJson {
  public static final JsonMapper MAPPER = JsonMapper.builder()
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .changeDefaultPropertyInclusion(
          inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private ApiJson() {
  }

  /** An object as a map of what JSON has. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> asMap(JsonNode object) {
    return MAPPER.treeToValue(object, Map.class);
  }

  static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** Empty if it is not JSON, or has a key twice. */
  static Optional<JsonNode> read(byte[] text) {
    try {
      return Optional.of(MAPPER.readTree(text)).filter(node -> !node.isMissingNode());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  public static <T> T as(JsonNode json, Class<T> type) {
    return MAPPER.treeToValue(json, type);
  }

  /** The same object with its keys in order: what is asked does not depend on theirs. */
  static JsonNode ordered(JsonNode json) {
    if (!json.isObject()) {
      return json;
    }
    ObjectNode ordered = MAPPER.createObjectNode();
    json.properties()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(one -> ordered.set(one.getKey(), ordered(one.getValue())));
    return ordered;
  }
}
