package dev.reveille.cell;

import dev.reveille.cell.Credential.Fitness;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CredentialTest {
  private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
  private final AccountId account = AccountId.random();

  private Credential of(List<String> verifiers, Instant notBefore, boolean revoked, int limit) {
    CredentialLimits usual = CredentialLimits.AGENT;
    CredentialLimits limits = new CredentialLimits(limit, usual.connectsPerMinute(),
        usual.wakesPerHour(), usual.requestTime(), usual.idleTime(), usual.sessionTime(),
        usual.sessionBytesOut(), usual.dailyBytesOut(), usual.frameBytes());
    Scope scope = new Scope(new DatabaseScope.All(), Mode.RW, new ObjectScope.All(), notBefore,
        T.plusSeconds(10), Scope.EVERYWHERE, limits, Scope.USUAL, false);
    return new Credential(CredentialId.random(), "a_x", account, Optional.empty(),
        CredentialKind.AGENT, verifiers, scope, revoked, 1);
  }

  @Test
  void it_is_good_from_its_beginning_until_just_before_its_expiry() {
    Credential credential = of(List.of(Samples.VERIFIER), T, false, 1);

    assertThat(credential.fitness(T.minusNanos(1))).isEqualTo(Fitness.NOT_YET);
    assertThat(credential.fitness(T)).isEqualTo(Fitness.GOOD);
    assertThat(credential.fitness(T.plusSeconds(10).minusNanos(1))).isEqualTo(Fitness.GOOD);
    assertThat(credential.fitness(T.plusSeconds(10))).isEqualTo(Fitness.EXPIRED);
  }

  @Test
  void a_revoked_one_is_never_good() {
    Credential credential = of(List.of(Samples.VERIFIER), T, true, 1);

    for (int second = -1; second < 12; second++) {
      assertThat(credential.fitness(T.plusSeconds(second))).isEqualTo(Fitness.REVOKED);
    }
  }

  @Test
  void its_verifiers_are_not_printed() {
    Credential credential = of(List.of(Samples.VERIFIER), T, false, 1);

    assertThat(credential.toString()).contains("a_x")
        .doesNotContain("SCRAM")
        .doesNotContain("c2FsdHNhbHRzYWx0c2FsdA");
  }

  @Test
  void it_has_at_most_two_verifiers_and_a_limit() {
    assertThatThrownBy(
        () -> of(List.of(Samples.VERIFIER, Samples.VERIFIER, Samples.VERIFIER), T, false, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(List.of("wk_plain"), T, false, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wk_plain"));
    assertThatThrownBy(() -> of(List.of(Samples.VERIFIER), T, false, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void names_are_of_few_characters_and_63_bytes() {
    assertThat(Credential.validName("a_0")).isTrue();
    assertThat(Credential.validName("a".repeat(63))).isTrue();
    for (String wrong : new String[]{"", "a".repeat(64), "A", "a-b", "a\n", "é", "a\0"}) {
      assertThat(Credential.validName(wrong)).as(wrong).isFalse();
    }
  }

  @Test
  void a_scope_allows_what_it_names() {
    DatabaseId one = DatabaseId.random();
    DatabaseId two = DatabaseId.random();

    assertThat(new DatabaseScope.All().allows(one)).isTrue();
    assertThat(new DatabaseScope.Only(Set.of(one)).allows(one)).isTrue();
    assertThat(new DatabaseScope.Only(Set.of(one)).allows(two)).isFalse();
    assertThat(new DatabaseScope.Only(Set.of()).allows(one)).isFalse();
  }
}
