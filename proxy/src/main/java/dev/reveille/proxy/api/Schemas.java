package dev.reveille.proxy.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigPart;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Schemas (2020-12) of the records that the API takes and gives. What is taken is held against
 * the same schema that the document shows. Immutable once made; any thread.
 */
public final class Schemas {
  /** Where definitions refer to each other. */
  static final String COMPONENTS = "components/schemas";

  private final Map<Class<?>, ObjectNode> references = new LinkedHashMap<>();
  private final Map<Class<?>, Schema> validators = new LinkedHashMap<>();
  private final ObjectNode definitions;

  /** Of what is in {@code taken}, nothing but the properties that there are is let in. */
  public Schemas(List<Class<?>> taken, List<Class<?>> given) {
    var builder = new SchemaGenerator(config().build()).buildMultipleSchemaDefinitions();
    taken.forEach(type -> references.put(type, builder.createSchemaReference(type)));
    given.forEach(type -> references.put(type, builder.createSchemaReference(type)));
    definitions = builder.collectDefinitions(COMPONENTS);
    for (Class<?> type : taken) {
      ObjectNode schema = definition(type);
      schema.put("additionalProperties", false);
      closeNested(type);
    }
    for (Class<?> type : references.keySet()) {
      validators.put(type, validator(type));
    }
  }

  /** All of them by name, as the document has them. */
  public ObjectNode definitions() {
    return definitions.deepCopy();
  }

  /** {@code {"$ref": …}}. */
  ObjectNode reference(Class<?> type) {
    ObjectNode reference = references.get(type);
    if (reference == null) {
      throw new IllegalArgumentException("there is no schema of " + type);
    }
    return reference.deepCopy();
  }

  /** Where a value is not as the schema of the type says; empty if it is. */
  public List<Problem.Fault> faults(Class<?> type, JsonNode value) {
    Schema schema = validators.get(type);
    if (schema == null) {
      throw new IllegalArgumentException("there is no schema of " + type);
    }
    return faults(schema, value);
  }

  static List<Problem.Fault> faults(Schema schema, JsonNode value) {
    return schema.validate(value)
        .stream()
        .map(error -> new Problem.Fault(error.getInstanceLocation().toString(),
            String.valueOf(error.getMessage())))
        .toList();
  }

  /** A schema that stands alone. */
  static Schema alone(ObjectNode schema) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema.toString(), InputFormat.JSON);
  }

  private Schema validator(Class<?> type) {
    ObjectNode whole = reference(type);
    whole.set("$defs", definitions);
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(whole.toString().replace("#/" + COMPONENTS + "/", "#/$defs/"),
            InputFormat.JSON);
  }

  private ObjectNode definition(Class<?> type) {
    return (ObjectNode) definitions.path(type.getSimpleName());
  }

  private void closeNested(Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType().isRecord()
          && definitions.has(component.getType().getSimpleName())) {
        definition(component.getType()).put("additionalProperties", false);
      }
    }
  }

  private static SchemaGeneratorConfigBuilder config() {
    SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(ApiJson.MAPPER,
        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
        .with(Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.PLAIN_DEFINITION_KEYS,
            Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES, Option.STANDARD_FORMATS,
            Option.EXTRA_OPEN_API_FORMAT_VALUES, Option.ADDITIONAL_FIXED_TYPES)
        .without(Option.SCHEMA_VERSION_INDICATOR, Option.NULLABLE_FIELDS_BY_DEFAULT);
    SchemaGeneratorConfigPart<FieldScope> fields = config.forFields();
    fields.withPropertyNameOverrideResolver(Schemas::name);
    fields.withRequiredCheck(field -> !nullable(field));
    fields.withNullableCheck(field -> false);
    fields.withDescriptionResolver(
        field -> field.isFakeContainerItemScope() ? null : of(field).map(Describe::value));
    fields.withStringPatternResolver(field -> field.isContainerType()
        ? null
        : of(field).map(d -> d.pattern().isEmpty() ? null : d.pattern()));
    fields.withStringMaxLengthResolver(field -> field.isContainerType()
        ? null
        : of(field).map(d -> d.maxLength() < 0 ? null : d.maxLength()));
    fields.withArrayMinItemsResolver(field -> field.isFakeContainerItemScope()
        ? null
        : of(field).map(d -> d.minItems() < 0 ? null : d.minItems()));
    fields.withArrayMaxItemsResolver(field -> field.isFakeContainerItemScope()
        ? null
        : of(field).map(d -> d.maxItems() < 0 ? null : d.maxItems()));
    fields.withNumberInclusiveMinimumResolver(field -> of(field)
        .map(d -> d.min() == Long.MIN_VALUE ? null : BigDecimal.valueOf(d.min())));
    fields.withNumberInclusiveMaximumResolver(field -> of(field)
        .map(d -> d.max() == Long.MAX_VALUE ? null : BigDecimal.valueOf(d.max())));
    fields.withEnumResolver(
        field -> of(field).map(d -> d.oneOf().length == 0 ? null : Arrays.asList(d.oneOf())));
    return config;
  }

  private static String name(FieldScope field) {
    JsonProperty given = field.getRawMember().getAnnotation(JsonProperty.class);
    return given != null && !given.value().isEmpty()
        ? given.value()
        : field.getDeclaredName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static boolean nullable(FieldScope field) {
    return field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private static Described of(FieldScope field) {
    return new Described(field.getRawMember().getAnnotation(Describe.class));
  }

  /** What a field is said to be, if anything is said. */
  private record Described(@Nullable Describe describe) {
    <T> @Nullable T map(java.util.function.Function<Describe, @Nullable T> what) {
      return describe == null ? null : what.apply(describe);
    }
  }
}
