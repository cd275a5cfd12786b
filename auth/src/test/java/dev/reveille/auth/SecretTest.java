package dev.reveille.auth;

import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecretTest {
  private final Random random = new Random(62);

  @Test
  void a_fresh_secret_has_a_prefix_256_random_bits_and_a_checksum() {
    Secret secret = Secret.generate(random);

    assertThat(secret.reveal()).matches("wk_[0-9A-Za-z]{49}");
    assertThat(Secret.parse(secret.reveal())).contains(secret);
    assertThat(Secret.generate(random)).isNotEqualTo(secret);
  }

  @Test
  void all_256_bits_are_in_the_text() {
    for (int bit = 0; bit < 256; bit++) {
      Secret with = Secret.generate(withBit(bit));
      assertThat(with).as("bit %d", bit).isNotEqualTo(Secret.generate(withBit((bit + 1) % 256)));
    }
    assertThat(Secret.generate(withBit(-1)).reveal()).startsWith("wk_" + "0".repeat(43))
        .hasSize(52);
  }

  @Test
  void a_typing_error_is_noticed() {
    String good = Secret.generate(random).reveal();

    for (int at = 0; at < good.length(); at++) {
      char other = good.charAt(at) == 'x' ? 'y' : 'x';
      assertThat(Secret.parse(good.substring(0, at) + other + good.substring(at + 1))).isEmpty();
      assertThat(Secret.parse(good.substring(0, at))).isEmpty();
    }
    assertThat(Secret.parse(good + "0")).isEmpty();
    assertThat(Secret.parse(good.replace("wk_", "wk-"))).isEmpty();
    assertThat(Secret.parse(good.substring(0, 10) + "é" + good.substring(11))).isEmpty();
  }

  @Test
  void it_does_not_show_itself() {
    Secret secret = Secret.generate(random);

    assertThat(secret.toString()).isEqualTo("Secret[redacted]").doesNotContain(secret.reveal());
    assertThat(secret).hasSameHashCodeAs(Secret.ofText(secret.reveal()))
        .isEqualTo(Secret.ofText(secret.reveal()));
  }

  @Test
  void any_text_will_do_for_a_compute_of_someone_else() {
    assertThat(Secret.ofText("hunter2").reveal()).isEqualTo("hunter2");
    assertThatThrownBy(() -> Secret.ofText("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Secret.ofText("hun\0ter")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hun");
  }

  private static RandomGenerator withBit(int bit) {
    return new RandomGenerator() {
      @Override
      public void nextBytes(byte[] bytes) {
        if (bit >= 0) {
          bytes[bit / 8] |= (byte) (1 << bit % 8);
        }
      }

      @Override
      public long nextLong() {
        throw new AssertionError("only bytes are asked for");
      }
    };
  }
}
