package dev.reveille.auth;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ApiKeySecretTest {
  private final Random random = new Random(62);

  @Test
  void neither_a_key_nor_a_connection_secret_is_ever_taken_for_the_other() {
    ApiKeySecret key = ApiKeySecret.generate(random);
    Secret secret = Secret.generate(random);

    assertThat(key.reveal()).matches("rk_[0-9A-Za-z]{49}");
    assertThat(ApiKeySecret.parse(key.reveal())).contains(key);
    assertThat(Secret.parse(key.reveal())).isEmpty();
    assertThat(ApiKeySecret.parse(secret.reveal())).isEmpty();
    assertThat(ApiKeySecret.parse(secret.reveal().replace("wk_", "rk_"))).isEmpty();
  }

  @Test
  void its_hash_is_all_that_is_needed_to_know_it_again() {
    ApiKeySecret key = ApiKeySecret.generate(random);

    assertThat(key.hash()).matches("[0-9a-f]{64}");
    assertThat(key.hasHash(key.hash())).isTrue();
    assertThat(key.hasHash(ApiKeySecret.generate(random).hash())).isFalse();
    assertThat(key.toString()).isEqualTo("ApiKeySecret[redacted]");
  }

  @Test
  void what_it_seals_only_it_can_read() {
    ApiKeySecret key = ApiKeySecret.generate(random);
    byte[] plain = "postgresql://…".getBytes(StandardCharsets.UTF_8);

    byte[] sealed = key.seal(plain, random);

    assertThat(key.unseal(sealed).orElseThrow()).isEqualTo(plain);
    assertThat(key.seal(plain, random)).isNotEqualTo(sealed);
    assertThat(ApiKeySecret.generate(random).unseal(sealed)).isEmpty();
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("postgresql");
    for (int at = 0; at < sealed.length; at++) {
      byte[] changed = sealed.clone();
      changed[at] ^= 1;
      assertThat(key.unseal(changed)).as("byte %d", at).isEmpty();
    }
    assertThat(key.unseal(new byte[5])).isEmpty();
  }
}
