package dev.reveille.proxy.api;

import dev.reveille.cell.ApiScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the operations down as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html). */
final class OpenApiDocument {
  private static final Map<Integer, String> REFUSED = Map.ofEntries(
      Map.entry(400, "The request is not as described."),
      Map.entry(401, "No key, or one that is unknown, revoked or expired."),
      Map.entry(403, "The key has not got the scope."),
      Map.entry(404, "There is no such thing in the account."),
      Map.entry(409, "It exists already, or cannot be done at this moment."),
      Map.entry(413, "The body is longer than 64 kB."),
      Map.entry(415, "The body is not application/json."),
      Map.entry(422, "The values cannot be used."),
      Map.entry(429, "Too many calls, or a budget is used up."),
      Map.entry(503, "The catalog does not answer; it is safe to try again."));

  private final List<Operation> operations;
  private final Schemas schemas;

  OpenApiDocument(List<Operation> operations, Schemas schemas) {
    this.operations = List.copyOf(operations);
    this.schemas = schemas;
  }

  ObjectNode write() {
    ObjectNode document = ApiJson.MAPPER.createObjectNode().put("openapi", "3.1.1");
    document.putObject("info")
        .put("title", "Reveille")
        .put("version", "1")
        .put("summary", "Databases that sleep: make, branch, checkpoint, restore and forget them.")
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("identifier", "Apache-2.0");
    document.putArray("servers").addObject().put("url", "/");
    ObjectNode paths = document.putObject("paths");
    for (Operation operation : operations) {
      ObjectNode path = paths.get(operation.path()) instanceof ObjectNode known
          ? known
          : paths.putObject(operation.path());
      path.set(operation.method().toLowerCase(Locale.ROOT), one(operation));
    }
    ObjectNode components = document.putObject("components");
    components.set("schemas", schemas.definitions());
    ObjectNode responses = components.putObject("responses");
    REFUSED.keySet()
        .stream()
        .sorted()
        .forEach(status -> responses.set("problem" + status,
            problem(status)));
    ObjectNode key = components.putObject("securitySchemes").putObject("key");
    key.put("type", "http").put("scheme", "bearer").put("bearerFormat", "rk_…");
    key.put("description", "A key made with `reveille key create`. Its scopes: " + scopes() + ".");
    return document;
  }

  private ObjectNode one(Operation operation) {
    ObjectNode one = ApiJson.MAPPER.createObjectNode()
        .put("operationId", operation.id())
        .put("summary", operation.summary());
    operation.scope()
        .ifPresent(scope -> one.put("description", "Needs the scope `" + scope.word() + "`."));
    ArrayNode security = one.putArray("security");
    if (operation.scope().isPresent()) {
      security.addObject().putArray("key");
    }
    ArrayNode parameters = parameters(operation);
    if (!parameters.isEmpty()) {
      one.set("parameters", parameters);
    }
    operation.request().ifPresent(type -> {
      ObjectNode body = one.putObject("requestBody").put("required", true);
      body.putObject("content")
          .putObject("application/json")
          .set("schema",
              schemas.reference(type));
    });
    ObjectNode responses = one.putObject("responses");
    responses.set(String.valueOf(operation.status()), done(operation));
    operation.refusals()
        .stream()
        .filter(status -> operation.scope().isPresent() || status == 400 || status == 429)
        .forEach(status -> responses.putObject(String.valueOf(status))
            .put("$ref", "#/components/responses/problem" + status));
    return one;
  }

  private static ArrayNode parameters(Operation operation) {
    ArrayNode parameters = ApiJson.MAPPER.createArrayNode();
    operation.named().forEach((name, about) -> {
      ObjectNode parameter = parameters.addObject()
          .put("name", name)
          .put("in", "path")
          .put("required", true)
          .put("description", about);
      parameter.putObject("schema")
          .put("type", "string")
          .put("minLength", 1)
          .put("maxLength", 63);
    });
    for (Parameter query : operation.query()) {
      ObjectNode parameter = parameters.addObject()
          .put("name", query.name())
          .put("in", "query")
          .put("description", query.about());
      parameter.set("schema", query.schema());
    }
    if (operation.repeatable()) {
      ObjectNode parameter = parameters.addObject()
          .put("name", Repeats.HEADER)
          .put("in", "header")
          .put("description", "The same key with the same request, within a day, gives the same"
              + " answer and does nothing again; with another request, 422.");
      parameter.putObject("schema")
          .put("type", "string")
          .put("minLength", 1)
          .put("maxLength", Repeats.LONGEST)
          .put("pattern", Repeats.PATTERN);
    }
    return parameters;
  }

  private ObjectNode done(Operation operation) {
    ObjectNode done = ApiJson.MAPPER.createObjectNode().put("description", "Done.");
    if (operation.status() == 201) {
      ObjectNode location = done.putObject("headers").putObject("Location");
      location.put("description", "Where what was made is.");
      location.putObject("schema").put("type", "string");
    }
    operation.answer()
        .ifPresent(type -> done.putObject("content")
            .putObject("application/json")
            .set("schema", schemas.reference(type)));
    return done;
  }

  private ObjectNode problem(int status) {
    ObjectNode problem = ApiJson.MAPPER.createObjectNode()
        .put("description",
            REFUSED.getOrDefault(status, "Refused."));
    if (status == 429 || status == 503) {
      ObjectNode wait = problem.putObject("headers").putObject("Retry-After");
      wait.put("description", "Seconds to wait.");
      wait.putObject("schema").put("type", "integer");
    }
    if (status == 401) {
      ObjectNode challenge = problem.putObject("headers").putObject("WWW-Authenticate");
      challenge.put("description", "`Bearer`, and what was wrong.");
      challenge.putObject("schema").put("type", "string");
    }
    problem.putObject("content")
        .putObject("application/problem+json")
        .set("schema",
            schemas.reference(Problem.class));
    return problem;
  }

  private static String scopes() {
    List<String> words = new ArrayList<>();
    for (ApiScope scope : ApiScope.values()) {
      words.add("`" + scope.word() + "` (" + scope.about() + ")");
    }
    return String.join(", ", words);
  }
}
