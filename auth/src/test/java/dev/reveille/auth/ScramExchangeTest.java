package dev.reveille.auth;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256;
import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256_PLUS;
import static dev.reveille.auth.Talk.END_POINT;
import static dev.reveille.auth.Talk.KEY;
import static dev.reveille.auth.Talk.RANDOM;
import static dev.reveille.auth.Talk.SECRET;
import static dev.reveille.auth.Talk.client;
import static dev.reveille.auth.Talk.login;
import static dev.reveille.auth.Talk.plain;
import static dev.reveille.auth.Talk.refused;
import static dev.reveille.auth.Talk.underTls;
import static dev.reveille.auth.Talk.verifier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ScramExchangeTest {
  private static final byte[] NONE = new byte[0];
  private static final Secret OTHER = Secret.ofText("crayon");
  private static final String BIND = "p=tls-server-end-point";

  @Test
  void plus_is_offered_first_and_only_where_the_certificate_has_a_hash() {
    assertThat(underTls(false).mechanisms()).containsExactly(SCRAM_SHA_256_PLUS, SCRAM_SHA_256);
    assertThat(underTls(true).mechanisms()).isEqualTo(underTls(false).mechanisms());
    assertThat(plain().mechanisms()).containsExactly(SCRAM_SHA_256);
  }

  @Test
  void the_right_secret_is_proven_and_the_client_can_check_the_proxy() {
    ScramClient client = client(SCRAM_SHA_256, "n", NONE);

    ScramStep last = login(plain(), client);

    assertThat(last).isInstanceOfSatisfying(ScramStep.Proven.class,
        proven -> client.verify(proven.serverFinal()));
  }

  @Test
  void the_wrong_secret_is_refused_with_28P01() {
    ScramClient client = new ScramClient(OTHER, RANDOM);

    ScramStep last = login(plain(), client);

    assertThat(last).isEqualTo(refused(ScramRefusal.WRONG_SECRET));
    assertThat(ScramRefusal.WRONG_SECRET.sqlState()).isEqualTo("28P01");
    assertThat(ScramRefusal.WRONG_SECRET.isWrongSecret()).isTrue();
  }

  @Test
  void while_a_secret_is_rotated_both_are_good_and_the_client_is_told_by_the_right_key() {
    for (int live = 0; live < 2; live++) {
      JudgedExchange exchange = new JudgedExchange(List.of(verifier(OTHER), verifier(SECRET)),
          Optional.empty(), false,
          RANDOM);
      ScramClient client = new ScramClient(live == 0 ? OTHER : SECRET, RANDOM);

      ScramStep last = login(exchange, client);

      int expected = live;
      assertThat(last).isInstanceOfSatisfying(ScramStep.Proven.class, proven -> {
        assertThat(proven.candidate()).isEqualTo(expected);
        client.verify(proven.serverFinal());
      });
    }
  }

  @Test
  void a_verifier_that_does_not_have_the_salt_of_its_name_proves_nothing() {
    ScramVerifier salted = ScramVerifier.of(SECRET, new byte[16], ScramVerifier.ITERATIONS);
    ScramVerifier slower = ScramVerifier.of(SECRET, KEY.salt("a_agent"), 17);

    for (ScramVerifier unlike : List.of(slower, salted)) {
      ScramExchange exchange = new ScramExchange(KEY.salt("a_agent"), Optional.empty(), RANDOM);
      assertThat(login(new JudgedExchange(exchange, List.of(unlike), false),
          client(SCRAM_SHA_256, "n", NONE))).isEqualTo(refused(ScramRefusal.WRONG_SECRET));
    }
  }

  @Test
  void what_is_wrong_with_the_form_is_said_before_anybody_has_looked_the_name_up() {
    ScramExchange exchange = plain().exchange();
    ScramClient client = new ScramClient(SECRET, RANDOM);
    byte[] proof = client
        .clientFinal(Talk.challenge(exchange.first(SCRAM_SHA_256, client.clientFirst())));

    assertThat(exchange.last(Talk.bytes(Talk.text(proof) + ",")))
        .isEqualTo(refused(ScramRefusal.TRAILING_DATA));
  }

  @Test
  void nothing_is_judged_before_it_is_claimed_and_nothing_twice() {
    List<ScramVerifier> candidates = List.of(verifier(SECRET));
    ScramExchange early = plain().exchange();
    assertThat(early.judge(candidates, false)).isEqualTo(refused(ScramRefusal.OUT_OF_ORDER));

    ScramExchange twice = plain().exchange();
    ScramClient client = new ScramClient(SECRET, RANDOM);
    byte[] proof = client
        .clientFinal(Talk.challenge(twice.first(SCRAM_SHA_256, client.clientFirst())));
    assertThat(twice.last(proof)).isInstanceOf(ScramStep.Claimed.class);
    assertThat(twice.judge(candidates, false)).isInstanceOf(ScramStep.Proven.class);
    assertThat(twice.judge(candidates, false)).isEqualTo(refused(ScramRefusal.OUT_OF_ORDER));
    assertThatThrownBy(() -> twice.judge(List.of(), false)).hasMessageContaining("one or two");
  }

  @Test
  void a_bound_login_is_proven() {
    assertThat(login(underTls(true), client(SCRAM_SHA_256_PLUS, BIND, END_POINT)))
        .isInstanceOf(ScramStep.Proven.class);
  }

  @Test
  void a_client_that_saw_another_certificate_is_refused_whatever_its_secret() {
    byte[] forged = END_POINT.clone();
    forged[31] ^= 1;

    assertThat(login(underTls(false), client(SCRAM_SHA_256_PLUS, BIND, forged)))
        .isEqualTo(refused(ScramRefusal.BINDING_CHECK_FAILED));
    assertThat(login(underTls(false), client(SCRAM_SHA_256_PLUS, BIND, NONE)))
        .isEqualTo(refused(ScramRefusal.BINDING_CHECK_FAILED));
  }

  @Test
  void a_client_that_was_told_of_no_plus_where_there_was_one_is_a_downgrade() {
    assertThat(login(underTls(false), client(SCRAM_SHA_256, "y", NONE)))
        .isEqualTo(refused(ScramRefusal.DOWNGRADE));
    assertThat(ScramRefusal.DOWNGRADE.sqlState()).isEqualTo("28000");
  }

  @Test
  void a_client_that_could_bind_is_welcome_where_plus_was_not_offered() {
    assertThat(login(plain(), client(SCRAM_SHA_256, "y", NONE)))
        .isInstanceOf(ScramStep.Proven.class);
  }

  @Test
  void the_header_of_the_first_message_cannot_be_changed_on_its_way() {
    JudgedExchange exchange = plain();
    ScramClient client = client(SCRAM_SHA_256, "y", NONE);
    String changed = Talk.text(client.clientFirst()).replace("y,,", "n,,");

    byte[] serverFirst = Talk.challenge(exchange.first(SCRAM_SHA_256, Talk.bytes(changed)));

    assertThat(exchange.last(client.clientFinal(serverFirst)))
        .isEqualTo(refused(ScramRefusal.BINDING_CHECK_FAILED));
  }

  @Test
  void required_binding_is_asked_for_only_from_those_who_know_the_secret() {
    JudgedExchange plaintext = new JudgedExchange(List.of(verifier(SECRET)), Optional.empty(), true,
        RANDOM);

    assertThat(login(underTls(true), client(SCRAM_SHA_256, "n", NONE)))
        .isEqualTo(refused(ScramRefusal.BINDING_REQUIRED));
    assertThat(login(plaintext, client(SCRAM_SHA_256, "n", NONE)))
        .isEqualTo(refused(ScramRefusal.BINDING_REQUIRED));
    assertThat(login(underTls(true), new ScramClient(OTHER, RANDOM)))
        .isEqualTo(refused(ScramRefusal.WRONG_SECRET));
    assertThat(ScramRefusal.BINDING_REQUIRED.sqlState()).isEqualTo("28000");
  }

  @Test
  void mechanism_and_header_have_to_agree() {
    assertThat(plain().first(SCRAM_SHA_256_PLUS, Talk.bytes("p=tls-server-end-point,,n=,r=abc")))
        .isEqualTo(refused(ScramRefusal.MECHANISM_NOT_OFFERED));
    assertThat(underTls(false).first("SCRAM-SHA-1", Talk.bytes("n,,n=,r=abc")))
        .isEqualTo(refused(ScramRefusal.MECHANISM_NOT_OFFERED));
    assertThat(underTls(false).first(SCRAM_SHA_256_PLUS, Talk.bytes("n,,n=,r=abc")))
        .isEqualTo(refused(ScramRefusal.BINDING_FLAG_MISSING));
    assertThat(underTls(false).first(SCRAM_SHA_256_PLUS, Talk.bytes("y,,n=,r=abc")))
        .isEqualTo(refused(ScramRefusal.BINDING_FLAG_MISSING));
    assertThat(underTls(false).first(SCRAM_SHA_256, Talk.bytes("p=tls-server-end-point,,n=,r=abc")))
        .isEqualTo(refused(ScramRefusal.BINDING_FLAG_UNEXPECTED));
    assertThat(underTls(false).first(SCRAM_SHA_256_PLUS, Talk.bytes("p=tls-unique,,n=,r=abc")))
        .isEqualTo(refused(ScramRefusal.UNKNOWN_BINDING_TYPE));
  }

  @Test
  void an_exchange_goes_one_way_once() {
    JudgedExchange unstarted = plain();
    assertThat(unstarted.last(Talk.bytes("c=biws,r=a,p=a")))
        .isEqualTo(refused(ScramRefusal.OUT_OF_ORDER));
    assertThat(login(unstarted, new ScramClient(SECRET, RANDOM)))
        .isEqualTo(refused(ScramRefusal.OUT_OF_ORDER));

    JudgedExchange done = plain();
    ScramClient client = new ScramClient(SECRET, RANDOM);
    byte[] proof = client
        .clientFinal(Talk.challenge(done.first(SCRAM_SHA_256, client.clientFirst())));
    assertThat(done.last(proof)).isInstanceOf(ScramStep.Proven.class);
    assertThat(done.last(proof)).isEqualTo(refused(ScramRefusal.OUT_OF_ORDER));
    assertThat(done.first(SCRAM_SHA_256, client.clientFirst()))
        .isEqualTo(refused(ScramRefusal.OUT_OF_ORDER));
  }

  @Test
  void a_guess_that_missed_cannot_be_followed_by_another() {
    JudgedExchange exchange = plain();
    ScramClient wrong = new ScramClient(OTHER, RANDOM);
    byte[] serverFirst = Talk.challenge(exchange.first(SCRAM_SHA_256, wrong.clientFirst()));

    assertThat(exchange.last(wrong.clientFinal(serverFirst)))
        .isEqualTo(refused(ScramRefusal.WRONG_SECRET));
    assertThat(exchange.last(wrong.clientFinal(serverFirst)))
        .isEqualTo(refused(ScramRefusal.OUT_OF_ORDER));
  }

  @Test
  void a_proof_of_one_exchange_is_worth_nothing_in_another() {
    ScramClient client = new ScramClient(SECRET, RANDOM);
    JudgedExchange heard = plain();
    byte[] proof = client
        .clientFinal(Talk.challenge(heard.first(SCRAM_SHA_256, client.clientFirst())));

    JudgedExchange replayed = plain();
    Talk.challenge(replayed.first(SCRAM_SHA_256, client.clientFirst()));

    assertThat(replayed.last(proof)).isEqualTo(refused(ScramRefusal.NONCE_MISMATCH));
  }
}
