package dev.reveille.proxy.api;

import dev.reveille.cell.CatalogException;
import dev.reveille.proxy.budget.BudgetExhausted;
import dev.reveille.proxy.operations.OperationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call that is answered with a {@link Problem}. Has no stack trace: it is an answer, not a bug. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final Duration SOON = Duration.ofSeconds(1);

  private final transient Problem problem;
  private final transient Map<String, String> headers = new LinkedHashMap<>();

  private ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  /** What the answer says beside its body. */
  Map<String, String> headers() {
    return headers;
  }

  ProblemException with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  ProblemException retryAfter(Duration wait) {
    return with("Retry-After", String.valueOf(Math.max(1, wait.plusMillis(999).toSeconds())));
  }

  static ProblemException of(int status, String title, String detail, @Nullable String sqlstate,
      @Nullable String hint) {
    return new ProblemException(
        new Problem("about:blank", title, status, detail, sqlstate, hint, null));
  }

  static ProblemException invalid(String detail, List<Problem.Fault> faults) {
    return new ProblemException(new Problem("about:blank", "Bad Request", 400, detail, "22023",
        "See /v1/openapi.json for what is taken.", faults.isEmpty() ? null : faults));
  }

  static ProblemException forbidden(String detail, String hint) {
    return of(403, "Forbidden", detail, "42501", hint);
  }

  static ProblemException of(OperationFailure failure, Instant now) {
    String hint = failure.hint().isEmpty() ? null : failure.hint();
    String detail = failure.getMessage() + (failure.detail().isEmpty()
        ? ""
        : ": " + failure.detail());
    ProblemException refused = switch (failure.kind()) {
      case INVALID -> of(422, "Unprocessable Content", detail, failure.sqlState(), hint);
      case NOT_ALLOWED -> of(403, "Forbidden", detail, failure.sqlState(), hint);
      case NOT_FOUND -> of(404, "Not Found", detail, failure.sqlState(), hint);
      case EXISTS, BUSY -> of(409, "Conflict", detail, failure.sqlState(), hint);
      case OVER_BUDGET -> of(429, "Budget Used Up", detail, failure.sqlState(), hint);
      case UNAVAILABLE -> of(503, "Service Unavailable", detail, failure.sqlState(), hint);
      case FAILED -> of(500, "Internal Server Error", detail, failure.sqlState(), hint);
    };
    return switch (failure.kind()) {
      case OVER_BUDGET, UNAVAILABLE -> refused.retryAfter(wait(failure, now));
      case INVALID, NOT_ALLOWED, NOT_FOUND, EXISTS, BUSY, FAILED -> refused;
    };
  }

  /** Of a key that calls too often. */
  public static ProblemException tooMany(KeyLimits.Taken taken) {
    return of(429, "Too Many Requests",
        "this key has made its " + taken.limit() + " calls of a minute", "53400",
        "Wait as long as Retry-After says.").retryAfter(taken.pause());
  }

  /** Until the budget is reset; a day where no time brings it back. */
  private static Duration wait(OperationFailure failure, Instant now) {
    return failure.getCause() instanceof BudgetExhausted budget
        ? budget.spent()
            .resets()
            .map(at -> Duration.between(now, at))
            .orElse(Duration.ofDays(1))
        : SOON;
  }

  public static ProblemException of(CatalogException failure) {
    return of(503, "Service Unavailable", String.valueOf(failure.getMessage()),
        failure.sqlState(), "It is safe to try again.").retryAfter(SOON);
  }
}
