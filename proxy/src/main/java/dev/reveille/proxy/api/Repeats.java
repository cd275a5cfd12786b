package dev.reveille.proxy.api;

import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.ApiKeyTable.KeptAnswer;
import dev.reveille.cell.CatalogException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the same answer to the same call, told by its {@code Idempotency-Key}, for a day. Answers are
 * kept with the secrets that they show, sealed with a key that follows from the caller's API key:
 * who has lost the answer can have it again, and the catalog alone cannot be read. What was refused
 * is not kept, and may be tried again.
 *
 * <p>If the process dies while it carries a call out, the same call is refused with 409 for ten
 * minutes, and is then carried out anew.
 */
final class Repeats {
  static final String HEADER = "Idempotency-Key";
  static final int LONGEST = 255;
  static final String PATTERN = "^[!-~]+$";
  private static final Logger log = LoggerFactory.getLogger(Repeats.class);
  private static final Pattern KEY = Pattern.compile("[!-~]{1," + LONGEST + "}");
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration ABANDONED = Duration.ofMinutes(10);

  private final ApiKeyTable table;
  private final RandomGenerator random;

  Repeats(ApiKeyTable table, RandomGenerator random) {
    this.table = table;
    this.random = random;
  }

  /**
   * Carries a call out, or gives the answer that it had.
   *
   * @param request SHA-256 of all that was asked, in hex
   */
  ApiAnswer once(Caller.ProvenKey caller, String key, String request, Supplier<ApiAnswer> call) {
    if (!KEY.matcher(key).matches()) {
      throw ProblemException.invalid("the " + HEADER + " cannot be used",
          List.of(new Problem.Fault(HEADER, "is 1 to 255 printable ASCII characters")));
    }
    Optional<KeptAnswer> kept = table.claimAnswer(caller.key().id(), key, request, KEPT,
        ABANDONED);
    if (kept.isPresent()) {
      return again(caller, kept.get(), request);
    }
    ApiAnswer answer;
    try {
      answer = call.get();
    } catch (RuntimeException e) {
      release(caller, key);
      throw e;
    }
    try {
      table.keepAnswer(caller.key().id(), key,
          caller.secret().seal(ApiJson.write(Kept.of(answer)), random));
    } catch (CatalogException e) {
      log.atWarn().setCause(e).log("an answer could not be kept for a repeated call");
    }
    return answer;
  }

  private static ApiAnswer again(Caller.ProvenKey caller, KeptAnswer kept, String request) {
    if (!kept.request().equals(request)) {
      throw ProblemException.of(422, "Unprocessable Content",
          "the " + HEADER + " was used for another request", "22023",
          "Use a fresh key for each different request.");
    }
    byte[] sealed = kept.answer()
        .orElseThrow(() -> ProblemException
            .of(409, "Conflict", "the same call is being carried out", "55006",
                "Ask again for its answer.")
            .retryAfter(Duration.ofSeconds(1)));
    return caller.secret()
        .unseal(sealed)
        .flatMap(ApiJson::read)
        .map(json -> ApiJson.as(json, Kept.class).answer())
        .orElseThrow(() -> new IllegalStateException("a kept answer cannot be read"));
  }

  private void release(Caller.ProvenKey caller, String key) {
    try {
      table.releaseAnswer(caller.key().id(), key);
    } catch (CatalogException e) {
      log.atWarn().setCause(e).log("a claim on an idempotency key could not be given up");
    }
  }

  /** An answer as it is kept. */
  record Kept(int status, String location, String body) {
    static Kept of(ApiAnswer answer) {
      return new Kept(answer.status(), answer.headers().getOrDefault("Location", ""),
          new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
    }

    ApiAnswer answer() {
      ApiAnswer answer = new ApiAnswer(status, ApiAnswer.JSON,
          body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
          .with("Idempotency-Replayed", "true");
      return location.isEmpty() ? answer : answer.with("Location", location);
    }

    @Override
    public String toString() {
      return "Kept[" + status + "]";
    }
  }
}
