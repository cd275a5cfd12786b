package dev.reveille.proxy.operations;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TtlTest {
  @ParameterizedTest
  @CsvSource({"2 h, PT2H", "2h, PT2H", "90 min, PT90M", "7 d, P7D", "1 day, P1D", "7 DAYS, P7D",
      "PT2H, PT2H", "p1d, P1D", "1 d 12 h, PT36H", "1 hour 30 minutes, PT90M", "60 s, PT60S"})
  void a_time_is_written_as_people_write_it(String text, Duration time) {
    assertThat(Ttl.parse(text)).isEqualTo(new Ttl.For(time));
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "none", " Never "})
  void never_is_a_word_of_its_own(String text) {
    assertThat(Ttl.parse(text)).isEqualTo(new Ttl.Never());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "2", "-2 h", "0 s", "2 fortnights", "PT", "2 h x", "1e3 s",
      "99999999999 d", "P-1D"})
  void anything_else_is_refused_with_the_form_to_write(String text) {
    assertThatThrownBy(() -> Ttl.parse(text)).isInstanceOfSatisfying(OperationFailure.class,
        refused -> {
          assertThat(refused.sqlState()).isEqualTo("22023");
          assertThat(refused.hint()).contains("'2 h'");
        });
  }

  @Test
  void a_source_is_a_database_or_one_of_its_checkpoints() {
    assertThat(Source.parse("shop").checkpoint()).isEmpty();
    assertThat(Source.parse("shop@before").checkpoint()).contains("before");
    assertThat(Source.parse("a@b@c").database()).isEqualTo("a@b");
    assertThatThrownBy(() -> Source.parse("shop@")).isInstanceOf(OperationFailure.class);
  }
}
