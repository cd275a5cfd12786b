package dev.reveille.wire;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CancelSecretTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 257})
  void itIsNeitherShorterThan4NorLongerThan256Bytes(int length) {
    assertThatThrownBy(() -> CancelSecret.of(new byte[length]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itSharesNoArrayWithAnyone() {
    byte[] given = {1, 2, 3, 4};
    CancelSecret secret = CancelSecret.of(given);
    given[0] = 9;
    secret.bytes()[1] = 9;

    assertThat(secret.bytes()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void equalBytesAreEqualSecrets() {
    CancelSecret secret = CancelSecret.random(new Random(1), 32);

    assertThat(secret).isEqualTo(CancelSecret.of(secret.bytes()))
        .hasSameHashCodeAs(CancelSecret.of(secret.bytes()));
    assertThat(secret).isNotEqualTo(CancelSecret.random(new Random(2), 32));
    assertThat(secret.length()).isEqualTo(32);
  }
}
