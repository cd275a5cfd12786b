package dev.reveille.auth;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256;
import static dev.reveille.auth.Talk.KEY;
import static dev.reveille.auth.Talk.RANDOM;
import static dev.reveille.auth.Talk.SECRET;
import static dev.reveille.auth.Talk.bytes;
import static dev.reveille.auth.Talk.challenge;
import static dev.reveille.auth.Talk.refused;
import static dev.reveille.auth.Talk.text;
import static dev.reveille.auth.Talk.verifier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A stranger cannot tell a name that nobody has from one with another secret. */
class MockExchangeTest {
  private static final Secret WRONG = Secret.ofText("guess");

  @Test
  void a_name_has_one_salt_whether_somebody_has_it_or_nobody() {
    byte[] salt = ScramVerifier.doomed("a_nobody", KEY).salt();

    assertThat(ScramVerifier.of(SECRET, "a_nobody", KEY).salt()).isEqualTo(salt).hasSize(16);
    assertThat(KEY.salt("a_nobody")).isEqualTo(salt);
    assertThat(KEY.salt("a_nobodx")).isNotEqualTo(salt);
    assertThat(SharedKey.of(bytes("another deployment's shared key.")).salt("a_nobody"))
        .isNotEqualTo(salt);
  }

  @Test
  void the_shared_key_has_32_bytes_and_is_never_printed() {
    assertThatThrownBy(() -> SharedKey.of(new byte[31])).hasMessageContaining("32 bytes");
    assertThat(KEY).hasToString("SharedKey[redacted]").isEqualTo(SharedKey.of(KEY.bytes()));
  }

  @Test
  void the_challenge_looks_like_that_of_a_known_name() {
    String known = challengeOf(verifier(SECRET));
    String unknown = challengeOf(ScramVerifier.doomed("a_nobody", KEY));

    assertThat(unknown).hasSameSizeAs(known)
        .matches("r=abc[A-Za-z0-9+/]{24},s=[A-Za-z0-9+/]{22}==,i=4096");
    assertThat(known).matches("r=abc[A-Za-z0-9+/]{24},s=[A-Za-z0-9+/]{22}==,i=4096");
  }

  @Test
  void the_answer_to_any_proof_is_that_to_a_wrong_secret() {
    ScramVerifier doomed = ScramVerifier.doomed("a_nobody", KEY);

    assertThat(Talk.login(exchange(List.of(doomed), ScramPrimitives.SHA_256),
        new ScramClient(WRONG, RANDOM)))
        .isEqualTo(refused(ScramRefusal.WRONG_SECRET));
  }

  @Test
  void even_a_proof_that_fits_the_mock_keys_proves_nothing() {
    ScramVerifier doomed = ScramVerifier.doomed("a_nobody", KEY);
    // A hash that says yes to every client key.
    ScramPrimitives gullible = new ScramPrimitives() {
      @Override
      public byte[] hmac(byte[] key, byte[] data) {
        return SHA_256.hmac(key, data);
      }

      @Override
      public byte[] hash(byte[] data) {
        return doomed.storedKey();
      }
    };

    assertThat(Talk.login(exchange(List.of(doomed), gullible), new ScramClient(WRONG, RANDOM)))
        .isEqualTo(refused(ScramRefusal.WRONG_SECRET));
    assertThat(doomed.matches(WRONG)).isFalse();
  }

  @Test
  void the_same_work_is_done_for_no_secret_for_one_and_for_two() {
    ScramVerifier first = verifier(SECRET);
    ScramVerifier second = verifier(Secret.ofText("crayon"));

    List<String> unknown = workOf(List.of(ScramVerifier.doomed("a_nobody", KEY)), WRONG);

    assertThat(unknown).isEqualTo(workOf(List.of(first), WRONG))
        .isEqualTo(workOf(List.of(first, second), WRONG))
        .hasSize(4);
    // Knowing the secret costs one signature more, whichever of the two it is.
    assertThat(workOf(List.of(first, second), SECRET)).hasSize(5)
        .isEqualTo(workOf(List.of(second, first), SECRET));
  }

  @Test
  void a_doomed_verifier_is_never_stored() {
    assertThatThrownBy(() -> ScramVerifier.doomed("a_nobody", KEY).encoded())
        .isInstanceOf(IllegalStateException.class);
  }

  /** Each primitive used, with the sizes that its time depends on. */
  private static List<String> workOf(List<ScramVerifier> candidates, Secret secret) {
    List<String> work = new ArrayList<>();
    ScramPrimitives counting = new ScramPrimitives() {
      @Override
      public byte[] hmac(byte[] key, byte[] data) {
        work.add("hmac " + key.length + " " + data.length);
        return SHA_256.hmac(key, data);
      }

      @Override
      public byte[] hash(byte[] data) {
        work.add("hash " + data.length);
        return SHA_256.hash(data);
      }
    };
    Talk.login(exchange(candidates, counting), new ScramClient(secret, RANDOM));
    return work;
  }

  private static String challengeOf(ScramVerifier verifier) {
    return text(challenge(
        exchange(List.of(verifier), ScramPrimitives.SHA_256).first(SCRAM_SHA_256,
            bytes("n,,n=,r=abc"))));
  }

  private static JudgedExchange exchange(List<ScramVerifier> candidates,
      ScramPrimitives primitives) {
    return new JudgedExchange(candidates, Optional.empty(), false,
        () -> Base64.getEncoder().encodeToString(new byte[18]), primitives);
  }
}
