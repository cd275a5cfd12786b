package dev.reveille.proxy.api;

import com.networknt.schema.Schema;
import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.ApiScope;
import dev.reveille.cell.CatalogException;
import dev.reveille.proxy.operations.OperationFailure;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers calls. In this order: who is it, not too often, may they, is it what the document
 * describes, was it answered before; then the operation. Every refusal is a {@link Problem}. Any
 * thread that may block.
 */
public final class Api {
  /** Longest body. */
  static final int LONGEST = 64 * 1024;
  private static final Logger log = LoggerFactory.getLogger(Api.class);

  private final Gate gate;
  private final KeyLimits limits;
  private final Repeats repeats;
  private final InstantSource clock;
  private final List<Operation> operations;
  private final Schemas schemas;
  private final Map<Operation, Schema> queries = new LinkedHashMap<>();
  private final byte[] document;

  public Api(Gate gate, KeyLimits limits, ApiKeyTable keys, RandomGenerator random,
      InstantSource clock, List<Operation> operations) {
    this.clock = clock;
    this.gate = gate;
    this.limits = limits;
    this.repeats = new Repeats(keys, random);
    this.operations = List.copyOf(operations);
    Set<Class<?>> taken = new LinkedHashSet<>();
    Set<Class<?>> given = new LinkedHashSet<>();
    for (Operation operation : operations) {
      operation.request().ifPresent(taken::add);
      operation.answer().ifPresent(given::add);
      queries.put(operation, query(operation));
    }
    given.add(Problem.class);
    this.schemas = new Schemas(List.copyOf(taken), List.copyOf(given));
    this.document = ApiJson.MAPPER.writerWithDefaultPrettyPrinter()
        .writeValueAsBytes(new OpenApiDocument(operations, schemas).write());
  }

  /** What there is, in the order of the document. */
  public List<Operation> operations() {
    return operations;
  }

  /** The OpenAPI document. */
  public byte[] document() {
    return document.clone();
  }

  Schemas schemas() {
    return schemas;
  }

  /** Answers a call of one of the {@link #operations}. Never throws. */
  public ApiAnswer answer(Operation operation, ApiRequest request) {
    try {
      Optional<ApiScope> scope = operation.scope();
      if (scope.isEmpty()) {
        return answered(operation, new Call(Caller.nobody(), request.path(),
            query(operation, request), ApiJson.MAPPER.createObjectNode()));
      }
      Caller caller = gate.admit(request.header("Authorization"), request.client());
      KeyLimits.Taken taken = limits.take(caller.name());
      ApiAnswer answer = taken.allowed()
          ? refusable(() -> admitted(operation, request, caller, scope.get()))
          : ApiAnswer.of(ProblemException.tooMany(taken));
      return answer
          .with("RateLimit-Policy", "\"key\";q=" + taken.limit() + ";w=60")
          .with("RateLimit",
              "\"key\";r=" + taken.remaining() + ";t=" + Math.max(1, taken.pause().toSeconds()));
    } catch (ProblemException e) {
      return ApiAnswer.of(e);
    }
  }

  /** Answers a call of something that there is not. */
  public ApiAnswer nothing(String method, String path) {
    TreeSet<String> allowed = new TreeSet<>();
    operations.stream()
        .filter(operation -> path.matches(operation.path().replaceAll("\\{[a-z]+}", "[^/]+")))
        .forEach(operation -> allowed.add(operation.method()));
    if (allowed.isEmpty()) {
      return ApiAnswer.of(ProblemException.of(404, "Not Found", "there is nothing at this path",
          null, "See /v1/openapi.json for what there is."));
    }
    return ApiAnswer.of(ProblemException
        .of(405, "Method Not Allowed", method.toUpperCase(Locale.ROOT) + " is not offered here",
            null, "See /v1/openapi.json for what there is.")
        .with("Allow", String.join(", ", allowed)));
  }

  private ApiAnswer admitted(Operation operation, ApiRequest request, Caller caller,
      ApiScope scope) {
    caller.require(scope);
    byte[] bytes = operation.request().isPresent() ? request.body(LONGEST) : new byte[0];
    Call call = new Call(caller, request.path(), query(operation, request),
        body(operation, request, bytes));
    Optional<String> key = operation.repeatable()
        ? request.header(Repeats.HEADER)
        : Optional.empty();
    return key.isPresent() && caller.key().isPresent()
        ? repeats.once(caller.key().get(), key.get(), digest(operation, call),
            () -> answered(operation, call))
        : answered(operation, call);
  }

  private static ApiAnswer answered(Operation operation, Call call) {
    Reply reply = operation.handler().answer(call);
    byte[] body = reply.body() == null ? new byte[0] : ApiJson.write(reply.body());
    ApiAnswer answer = new ApiAnswer(operation.status(), ApiAnswer.JSON, body);
    reply.location().ifPresent(location -> answer.with("Location", location));
    return answer;
  }

  /** Something that is carried out or refused. */
  @FunctionalInterface
  private interface Attempt {
    ApiAnswer run();
  }

  private ApiAnswer refusable(Attempt attempt) {
    try {
      return attempt.run();
    } catch (ProblemException e) {
      return ApiAnswer.of(e);
    } catch (OperationFailure e) {
      return ApiAnswer.of(ProblemException.of(e, clock.instant()));
    } catch (CatalogException e) {
      return ApiAnswer.of(ProblemException.of(e));
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("a call of the API failed");
      return ApiAnswer.of(ProblemException.of(500, "Internal Server Error",
          "an unexpected error; the log has it", "XX000", null));
    }
  }

  private JsonNode body(Operation operation, ApiRequest request, byte[] bytes) {
    if (operation.request().isEmpty()) {
      return ApiJson.MAPPER.createObjectNode();
    }
    if (bytes.length > LONGEST) {
      throw ProblemException.of(413, "Content Too Large", "the body is longer than 64 kB", "54000",
          null);
    }
    String type = request.header("Content-Type").orElse("");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase(ApiAnswer.JSON)) {
      throw ProblemException.of(415, "Unsupported Media Type", "the body is not application/json",
          "22023", "Send it with \"Content-Type: application/json\".");
    }
    JsonNode body = ApiJson.read(bytes)
        .orElseThrow(() -> ProblemException
            .invalid("the body is not JSON, or has a key twice", List.of()));
    List<Problem.Fault> faults = schemas.faults(operation.request().get(), body);
    if (!faults.isEmpty()) {
      throw ProblemException.invalid("the body is not as described", faults);
    }
    return body;
  }

  private JsonNode query(Operation operation, ApiRequest request) {
    ObjectNode query = ApiJson.MAPPER.createObjectNode();
    Map<String, Parameter> known = new LinkedHashMap<>();
    operation.query().forEach(parameter -> known.put(parameter.name(), parameter));
    List<Problem.Fault> faults = new ArrayList<>();
    request.query().forEach((name, values) -> {
      Parameter parameter = known.get(name);
      if (parameter == null || values.size() != 1) {
        faults.add(new Problem.Fault(name,
            parameter == null ? "there is no such parameter" : "is given more than once"));
      } else {
        put(query, parameter, values.getFirst());
      }
    });
    Schema schema = queries.get(operation);
    if (schema != null && faults.isEmpty()) {
      faults.addAll(Schemas.faults(schema, query));
    }
    if (!faults.isEmpty()) {
      throw ProblemException.invalid("the query is not as described", faults);
    }
    return query;
  }

  private static void put(ObjectNode query, Parameter parameter, String value) {
    if (parameter.type() == Parameter.Type.NUMBER && value.matches("-?[0-9]{1,9}")) {
      query.put(parameter.name(), Integer.parseInt(value));
    } else if (parameter.type() == Parameter.Type.FLAG && value.matches("true|false")) {
      query.put(parameter.name(), value.equals("true"));
    } else {
      query.put(parameter.name(), value);
    }
  }

  private static Schema query(Operation operation) {
    ObjectNode schema = ApiJson.MAPPER.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    operation.query()
        .forEach(parameter -> properties.set(parameter.name(), parameter.schema()));
    return Schemas.alone(schema);
  }

  /** Of all that was asked, whatever the spaces between it. */
  private static String digest(Operation operation, Call call) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      String asked = operation.id() + "\n" + new java.util.TreeMap<>(call.path()) + "\n"
          + ApiJson.ordered(call.body());
      return HexFormat.of().formatHex(sha256.digest(asked.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

}
