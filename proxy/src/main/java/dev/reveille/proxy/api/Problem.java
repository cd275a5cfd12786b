package dev.reveille.proxy.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a call was not carried out (RFC 9457).
 *
 * @param sqlstate what Postgres would call it (PostgreSQL documentation, appendix A)
 * @param hint the next step, if there is one
 * @param errors where the request is not what the document says
 */
public record Problem(
    @Describe("Names the kind of problem; `about:blank` where the status says it all.") String type,
    @Describe("The kind of problem in words.") String title,
    @Describe(value = "The status of the answer.", min = 400, max = 599) int status,
    @Describe("What went wrong this time.") @Nullable String detail,
    @Describe("The SQLSTATE that the same would have on the wire.") @Nullable String sqlstate,
    @Describe("The next step to take.") @Nullable String hint,
    @Describe("Where the request is not as described.") @Nullable List<Fault> errors) {

  /** One place in a request and what is wrong there. */
  public record Fault(@Describe("JSON pointer into the body, or the parameter's name.") String at,
      @Describe("What is wrong there.") String detail) {}
}
