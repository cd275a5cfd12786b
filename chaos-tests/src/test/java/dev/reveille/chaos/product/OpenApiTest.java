package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Command.Outcome;
import dev.reveille.chaos.tools.Tools;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The HTTP API against its own document: Schemathesis (https://schemathesis.readthedocs.io) makes calls
 * of it, good ones and bad ones, and looks whether each answer is one that the document has.
 *
 * <p>Left out are the checks that know more of an API than its document says.
 * {@code positive_data_acceptance}: what is well-formed is refused where names and lifetimes do not fit
 * each other. {@code ignored_auth}, {@code unsupported_method}: {@code ServedApiTest} and {@code ApiTest}
 * ask for the same in our words.
 */
class OpenApiTest {
  private static final String CHECKS = "not_a_server_error,status_code_conformance,"
      + "content_type_conformance,response_headers_conformance,response_schema_conformance,"
      + "negative_data_rejection";
  /** Few databases at a time: each that is made costs processor time. */
  private static final String FEW = """
      plans:
        - name: default
          live-databases: 4
      api:
        calls-per-minute: 1000000
      """;
  private static final String SEED = System.getProperty("reveille.seed", "20300101");

  @SuppressWarnings("NullAway.Init")
  private static RunningReveille reveille;
  @SuppressWarnings("NullAway.Init")
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    reveille = Products.start(Products.SMALL + FEW);
    key = reveille.run("key", "create", "tests", "--scopes",
        "databases:read,databases:write,credentials:read,credentials:write,usage:read");
  }

  @AfterAll
  static void stop() throws Exception {
    reveille.close();
  }

  @Test
  void every_answer_is_one_that_the_document_has(@TempDir Path directory) throws Exception {
    System.out.println("seed of Schemathesis: " + SEED);

    Outcome run = schemathesis(directory);

    assertThat(run.exit()).as(() -> run.out() + run.err()).isZero();
  }

  private static Outcome schemathesis(Path directory) throws Exception {
    return Command.of(Tools.schemathesis().toString(), "run",
        "http://127.0.0.1:" + reveille.httpPort() + "/v1/openapi.json", "--header",
        "Authorization: Bearer " + key,
        "--checks", CHECKS, "--phases", "coverage,fuzzing,stateful", "--max-examples", "4",
        "--max-time", "45", "--seed", SEED, "--no-shrink", "--continue-on-failure",
        "--generation-database", "none", "--request-timeout", "30", "--warnings", "off",
        "--no-color").in(directory).within(Duration.ofMinutes(4)).run();
  }
}
