package dev.reveille.auth;

import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256;
import static dev.reveille.auth.Talk.RANDOM;
import static dev.reveille.auth.Talk.SECRET;
import static dev.reveille.auth.Talk.bytes;
import static dev.reveille.auth.Talk.challenge;
import static dev.reveille.auth.Talk.plain;
import static dev.reveille.auth.Talk.refused;
import static dev.reveille.auth.Talk.text;
import static org.assertj.core.api.Assertions.assertThat;

class ScramHostileMessagesTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
      x,,n=,r=abc          | BAD_GS2_HEADER
      nn,,n=,r=abc         | BAD_GS2_HEADER
      p,,n=,r=abc          | BAD_GS2_HEADER
      n                    | ATTRIBUTE_OUT_OF_ORDER
      n,                   | ATTRIBUTE_OUT_OF_ORDER
      n,a=root,n=,r=abc    | AUTHORIZATION_IDENTITY
      n,root,n=,r=abc      | AUTHORIZATION_IDENTITY
      n,,m=x,n=,r=abc      | MANDATORY_EXTENSION
      n,,n=,m=x,r=abc      | MANDATORY_EXTENSION
      n,,n=,r=abc,m=x      | MANDATORY_EXTENSION
      n,,r=abc,n=          | ATTRIBUTE_OUT_OF_ORDER
      n,,n=                | ATTRIBUTE_OUT_OF_ORDER
      n,,n=,r=abc,r=def    | ATTRIBUTE_OUT_OF_ORDER
      n,,n=,r=abc,p=AAAA   | ATTRIBUTE_OUT_OF_ORDER
      n,,n=,r=             | BAD_NONCE
      n,,n=,r=a b          | BAD_NONCE
      n,,n=,r=aé           | BAD_NONCE
      n,,n=,r=abc,         | MALFORMED_ATTRIBUTE
      n,,n=,r=abc,junk     | MALFORMED_ATTRIBUTE
      n,,n=,r=abc,1=x      | MALFORMED_ATTRIBUTE
      n,,n,r=abc           | MALFORMED_ATTRIBUTE
      """)
  void a_first_message_that_is_wrong_is_refused_for_what_is_wrong(String message,
      ScramRefusal reason) {
    assertThat(plain().first(SCRAM_SHA_256, bytes(message))).isEqualTo(refused(reason));
  }

  @Test
  void an_optional_extension_is_passed_over_as_the_rfc_asks() {
    assertThat(plain().first(SCRAM_SHA_256, bytes("n,,n=a=2Cb,r=abc,x=1,y=")))
        .isInstanceOf(ScramStep.Continue.class);
  }

  @Test
  void what_is_no_text_or_too_much_of_it_is_refused_before_it_is_looked_at() {
    assertThat(plain().first(SCRAM_SHA_256, new byte[0])).isEqualTo(refused(ScramRefusal.NOT_TEXT));
    assertThat(plain().first(SCRAM_SHA_256, bytes("n,,n=,r=abc\0")))
        .isEqualTo(refused(ScramRefusal.NOT_TEXT));
    assertThat(plain().first(SCRAM_SHA_256, new byte[]{'n', (byte) 0xC0, (byte) 0xAF}))
        .isEqualTo(refused(ScramRefusal.NOT_TEXT));
    assertThat(plain().first(SCRAM_SHA_256, ofLength(2048))).isInstanceOf(ScramStep.Continue.class);
    assertThat(plain().first(SCRAM_SHA_256, ofLength(2049)))
        .isEqualTo(refused(ScramRefusal.TOO_LONG));
  }

  @Test
  void a_nonce_may_have_512_characters_and_not_one_more() {
    assertThat(plain().first(SCRAM_SHA_256, bytes("n,,n=,r=" + "x".repeat(512))))
        .isInstanceOf(ScramStep.Continue.class);
    assertThat(plain().first(SCRAM_SHA_256, bytes("n,,n=,r=" + "x".repeat(513))))
        .isEqualTo(refused(ScramRefusal.BAD_NONCE));
  }

  /** What happens to a proof that would be accepted, {@code c=…,r=…,p=…}. */
  @SuppressWarnings("ImmutableEnumChecker")
  enum Damage {
    NOTHING(m -> m, ScramRefusal.OUT_OF_ORDER), NONCE_OF_THE_CLIENT_ALONE(
        m -> m.replaceFirst("r=(.{24})[^,]+", "r=$1"),
        ScramRefusal.NONCE_MISMATCH), NONCE_CHANGED(m -> m.replaceFirst("r=.", "r=~"),
            ScramRefusal.NONCE_MISMATCH), NONCE_LONGER(m -> m.replace(",p=", "x,p="),
                ScramRefusal.NONCE_MISMATCH), NONCE_MISSING(m -> m.replaceFirst(",r=[^,]+", ""),
                    ScramRefusal.ATTRIBUTE_OUT_OF_ORDER), SWAPPED(
                        m -> m.replaceFirst("(c=[^,]+),(r=[^,]+)", "$2,$1"),
                        ScramRefusal.ATTRIBUTE_OUT_OF_ORDER), PROOF_FIRST(
                            m -> m.replaceFirst("(.*),(p=.*)", "$2,$1"),
                            ScramRefusal.ATTRIBUTE_OUT_OF_ORDER), PROOF_MISSING(
                                m -> m.replaceFirst(",p=.*", ""),
                                ScramRefusal.ATTRIBUTE_OUT_OF_ORDER), BINDING_TWICE(
                                    m -> m.replace(",p=", ",c=biws,p="),
                                    ScramRefusal.ATTRIBUTE_OUT_OF_ORDER), MANDATORY(
                                        m -> m.replace(",p=", ",m=x,p="),
                                        ScramRefusal.MANDATORY_EXTENSION), MANDATORY_FIRST(
                                            m -> "m=x," + m,
                                            ScramRefusal.MANDATORY_EXTENSION), BINDING_NOT_BASE64(
                                                m -> m.replace("c=biws", "c=bi*s"),
                                                ScramRefusal.NOT_BASE64), BINDING_UNPADDED(
                                                    m -> m.replace("c=biws", "c=biwsbg"),
                                                    ScramRefusal.NOT_BASE64), BINDING_EMPTY(
                                                        m -> m.replace("c=biws", "c="),
                                                        ScramRefusal.BINDING_CHECK_FAILED), BINDING_OF_Y(
                                                            m -> m.replace("c=biws", "c=eSws"),
                                                            ScramRefusal.BINDING_CHECK_FAILED), PROOF_NOT_BASE64(
                                                                m -> m.replaceFirst("p=.", "p=*"),
                                                                ScramRefusal.NOT_BASE64), PROOF_UNPADDED(
                                                                    m -> m.substring(0,
                                                                        m.length() - 1),
                                                                    ScramRefusal.NOT_BASE64), PROOF_SHORT(
                                                                        m -> m.replaceFirst("p=.*",
                                                                            "p=AAAA"),
                                                                        ScramRefusal.BAD_PROOF_LENGTH), PROOF_EMPTY(
                                                                            m -> m.replaceFirst(
                                                                                "p=.*", "p="),
                                                                            ScramRefusal.BAD_PROOF_LENGTH), PROOF_LONG(
                                                                                m -> m.replaceFirst(
                                                                                    "p=.*",
                                                                                    "p=" + "AAAA"
                                                                                        .repeat(
                                                                                            11)),
                                                                                ScramRefusal.BAD_PROOF_LENGTH), PROOF_OF_ZEROS(
                                                                                    m -> m
                                                                                        .replaceFirst(
                                                                                            "p=.*",
                                                                                            "p=" + "A"
                                                                                                .repeat(
                                                                                                    43)
                                                                                                + "="),
                                                                                    ScramRefusal.WRONG_SECRET), TRAILING_COMMA(
                                                                                        m -> m
                                                                                            + ",",
                                                                                        ScramRefusal.TRAILING_DATA), TRAILING_EXTENSION(
                                                                                            m -> m
                                                                                                + ",x=1",
                                                                                            ScramRefusal.TRAILING_DATA), TRAILING_NEWLINE(
                                                                                                m -> m
                                                                                                    + "\n",
                                                                                                ScramRefusal.NOT_BASE64), JUNK_BEFORE_PROOF(
                                                                                                    m -> m
                                                                                                        .replace(
                                                                                                            ",p=",
                                                                                                            ",junk,p="),
                                                                                                    ScramRefusal.MALFORMED_ATTRIBUTE),
    // The proof covers extensions, so one slipped in on the way is noticed by the proof itself.
    EXTENSION_SLIPPED_IN(m -> m.replace(",p=", ",x=1,p="), ScramRefusal.WRONG_SECRET), OVERSIZED(
        m -> m.replace(",p=", ",x=" + "1".repeat(2048) + ",p="), ScramRefusal.TOO_LONG), ZERO_BYTE(
            m -> m + "\0", ScramRefusal.NOT_TEXT), EMPTY(m -> "", ScramRefusal.NOT_TEXT);

    private final UnaryOperator<String> change;
    private final ScramRefusal reason;

    Damage(UnaryOperator<String> change, ScramRefusal reason) {
      this.change = change;
      this.reason = reason;
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void a_proof_that_was_tampered_with_is_refused_for_what_was_done(Damage damage) {
    JudgedExchange exchange = plain();
    ScramClient client = new ScramClient(SECRET, RANDOM);
    byte[] serverFirst = challenge(exchange.first(SCRAM_SHA_256, client.clientFirst()));
    String good = text(client.clientFinal(serverFirst));

    ScramStep last = exchange.last(bytes(damage.change.apply(good)));

    if (damage == Damage.NOTHING) {
      assertThat(last).isInstanceOf(ScramStep.Proven.class);
    } else {
      assertThat(last).isEqualTo(refused(damage.reason));
    }
  }

  @Test
  void noise_never_proves_anything_and_never_throws() {
    long seed = 20260101;
    Random noise = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      JudgedExchange exchange = plain();
      ScramClient client = new ScramClient(SECRET, RANDOM);
      byte[] first = flip(client.clientFirst(), noise);
      if (exchange.first(SCRAM_SHA_256, first) instanceof ScramStep.Continue next
          && Arrays.equals(first, client.clientFirst())) {
        byte[] proof = client.clientFinal(next.serverFirst());
        byte[] changed = flip(proof, noise);
        assertThat(exchange.last(changed) instanceof ScramStep.Proven)
            .as("seed %d round %d", seed, round)
            .isEqualTo(Arrays.equals(proof, changed));
      }
    }
  }

  @Test
  void every_reason_has_a_sqlstate_and_a_text_of_its_own() {
    for (ScramRefusal reason : ScramRefusal.values()) {
      assertThat(reason.sqlState()).isIn("08P01", "0A000", "28000", "28P01");
      assertThat(reason.isWrongSecret()).isEqualTo(reason.sqlState().equals("28P01"));
    }
    assertThat(
        Arrays.stream(ScramRefusal.values()).map(reason -> reason.message() + reason.detail()))
        .doesNotHaveDuplicates();
  }

  private static byte[] flip(byte[] message, Random noise) {
    byte[] changed = message.clone();
    if (noise.nextBoolean()) {
      changed[noise.nextInt(changed.length)] ^= (byte) (1 << noise.nextInt(8));
    }
    return changed;
  }

  private static byte[] ofLength(int length) {
    String head = "n,,n=";
    String tail = ",r=abc";
    return bytes(head + "u".repeat(length - head.length() - tail.length()) + tail);
  }
}
