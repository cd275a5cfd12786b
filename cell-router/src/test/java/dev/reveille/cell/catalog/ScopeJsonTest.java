package dev.reveille.cell.catalog;

import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Scope;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ScopeJsonTest {
  private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

  private static Scope read(String json, CredentialKind kind) {
    return ScopeJson.read(JsonMapper.shared().readTree(json), kind, new DatabaseScope.All(),
        Mode.RO, T, T.plusSeconds(1), false);
  }

  @Test
  void what_is_missing_takes_the_default_of_the_kind_and_is_never_unlimited() {
    for (CredentialKind kind : CredentialKind.values()) {
      Scope scope = read("{}", kind);
      Scope partly = read("{\"limits\":{\"connections\":3}}", kind);

      assertThat(scope.limits()).isEqualTo(kind.limits());
      assertThat(scope.allowances()).isEqualTo(kind.allowances());
      assertThat(partly.limits().connections()).isEqualTo(3);
      assertThat(partly.limits().wakesPerHour()).isEqualTo(kind.limits().wakesPerHour());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"limit\":{}}", "{\"limits\":{\"connection\":1}}",
      "{\"limits\":{\"connections\":0}}", "{\"limits\":{\"connections\":-1}}",
      "{\"limits\":{\"connections\":\"unlimited\"}}", "{\"limits\":{\"connections\":null}}",
      "{\"limits\":{\"connections\":1.5}}", "{\"limits\":{\"connections\":99999999999}}",
      "{\"limits\":{\"idle_time_ms\":0}}", "{\"allowed\":[\"everything\"]}",
      "{\"allowed\":\"copy_in\"}", "{\"addresses\":[\"anywhere\"]}", "{\"tables\":[[\"t\"]]}",
      "{\"schemas\":[\"pg_catalog\"]}", "{\"schemas\":\"public\"}"})
  void what_is_not_known_is_refused_since_it_might_have_been_a_limit(String json) {
    assertThatThrownBy(() -> read(json, CredentialKind.AGENT)).isInstanceOfAny(
        IllegalArgumentException.class, ArithmeticException.class,
        dev.reveille.cell.InvalidNameException.class);
  }
}
