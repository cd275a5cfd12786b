package dev.reveille.proxy.api;

import dev.reveille.cell.ApiScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that the API does: what is served and what the document says, in one place.
 *
 * @param path with names in braces, as OpenAPI and the router write them
 * @param scope what a key needs; empty for what everybody may read
 * @param status of the answer when it was carried out
 * @param answer type of its body; empty for none
 * @param refusals statuses of problems that are particular to it
 * @param repeatable whether an {@code Idempotency-Key} is heeded
 */
public record Operation(String method, String path, String id, String summary,
    Optional<ApiScope> scope, List<Parameter> query, Optional<Class<?>> request, int status,
    Optional<Class<?>> answer, SortedSet<Integer> refusals, boolean repeatable,
    Handler handler) {
  private static final Pattern NAMED = Pattern.compile("\\{([a-z]+)}");

  /** Carries it out. Blocks. */
  @FunctionalInterface
  interface Handler {
    Reply answer(Call call);
  }

  /** The names in the path, in order, with what each is. */
  Map<String, String> named() {
    Map<String, String> names = new LinkedHashMap<>();
    Matcher matcher = NAMED.matcher(path);
    while (matcher.find()) {
      names.put(matcher.group(1), "Name of the " + matcher.group(1) + ".");
    }
    return names;
  }

  static Draft get(String path, String id, String summary) {
    return new Draft("GET", path, id, summary, 200);
  }

  static Draft post(String path, String id, String summary, int status) {
    return new Draft("POST", path, id, summary, status);
  }

  static Draft patch(String path, String id, String summary) {
    return new Draft("PATCH", path, id, summary, 200);
  }

  static Draft delete(String path, String id, String summary, int status) {
    return new Draft("DELETE", path, id, summary, status);
  }

  /** An operation that is being written down. */
  static final class Draft {
    private final String method;
    private final String path;
    private final String id;
    private final String summary;
    private final int status;
    private final SortedSet<Integer> refusals = new TreeSet<>(List.of(400, 401, 403, 429, 503));
    private Optional<ApiScope> scope = Optional.empty();
    private List<Parameter> query = List.of();
    private Optional<Class<?>> request = Optional.empty();
    private Optional<Class<?>> answer = Optional.empty();
    private boolean repeatable;

    private Draft(String method, String path, String id, String summary, int status) {
      this.method = method;
      this.path = path;
      this.id = id;
      this.summary = summary;
      this.status = status;
      if (path.contains("{")) {
        refusals.add(404);
      }
    }

    Draft needs(ApiScope needed) {
      scope = Optional.of(needed);
      return this;
    }

    Draft takes(Parameter... parameters) {
      query = List.of(parameters);
      return this;
    }

    Draft takes(Class<?> body) {
      request = Optional.of(body);
      refusals.addAll(List.of(413, 415, 422));
      return this;
    }

    Draft answers(Class<?> body) {
      answer = Optional.of(body);
      return this;
    }

    Draft refuses(Integer... statuses) {
      refusals.addAll(List.of(statuses));
      return this;
    }

    Draft repeatable() {
      repeatable = true;
      refusals.addAll(List.of(409, 422));
      return this;
    }

    Operation by(Handler handler) {
      return new Operation(method, path, id, summary, scope, query, request, status, answer,
          refusals, repeatable, handler);
    }
  }
}
