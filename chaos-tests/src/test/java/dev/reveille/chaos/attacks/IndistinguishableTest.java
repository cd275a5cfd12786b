package dev.reveille.chaos.attacks;

import dev.reveille.auth.TlsServerEndPoint;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import dev.reveille.chaos.product.WireClient;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A stranger is sent the same bytes, whichever part of what it said is wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IndistinguishableTest {
  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
    url = reveille.create("shop");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_unknown_name_a_wrong_secret_and_an_unknown_database_look_alike(boolean bound)
      throws Exception {
    String stranger = "a_" + "x".repeat(url.user().length() - 2);

    String wrongSecret = said(url.user(), "shop", "wk_wrong", bound);
    String unknownDatabase = said(url.user(), "nope", "wk_wrong", bound);
    List<String> unknownNames = List.of(said(stranger, "shop", "wk_wrong", bound),
        said(stranger, "nope", "wk_wrong", bound), said(stranger, "shop", url.secret(), bound));

    assertThat(wrongSecret).contains("28P01");
    assertThat(unknownDatabase).isEqualTo(wrongSecret);
    assertThat(unknownNames).containsOnly(wrongSecret.replace(url.user(), stranger));
    // The control: what is told apart after the proof.
    assertThat(said(url.user(), "nope", url.secret(), bound)).contains("3D000");
  }

  /** The salt of a name that nobody has is as good as any: it stays, and is no other name's. */
  @ParameterizedTest
  @ValueSource(strings = {"a_nobody", ""})
  void the_challenge_of_a_name_is_always_the_same_but_for_the_nonce(String name)
      throws Exception {
    String user = name.isEmpty() ? url.user() : name;

    assertThat(salt(user)).isEqualTo(salt(user)).isNotEqualTo(salt(user + "x"));
  }

  private String salt(String user) throws IOException {
    try (WireClient client = WireClient.secured(reveille).startup(user, "shop")) {
      return client.challenge();
    }
  }

  private String said(String user, String database, String secret, boolean bound)
      throws IOException {
    try (WireClient client = WireClient.secured(reveille).startup(user, database)) {
      client.prove(secret, bound
          ? TlsServerEndPoint.of(client.certificate())
          : Optional.empty());
      client.refusal();
      return client.transcript();
    }
  }
}
