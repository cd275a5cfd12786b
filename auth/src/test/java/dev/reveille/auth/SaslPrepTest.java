package dev.reveille.auth;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The examples of RFC 4013 section 3, and what PostgreSQL does where SASLprep says no. */
class SaslPrepTest {

  @ParameterizedTest
  @CsvSource({"I\u00adX, IX", "user, user", "USER, USER", "\u00aa, a", "\u2168, IX",
      "cafe\u0301, caf\u00e9",
      "a\u00a0\u00e9, a \u00e9"})
  void text_is_prepared(String text, String prepared) {
    assertThat(SaslPrep.prepare(text)).isEqualTo(prepared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u06271", "\u0627a\u0627", "\uFB01\u0085", "\uFB01\uE000",
      "\uFB01\uFFFD", "\u00ad", "\uFB01\u200E"})
  void prohibited_text_is_used_as_it_is(String text) {
    assertThat(SaslPrep.prepare(text)).isEqualTo(text);
  }

  @Test
  void ascii_is_never_changed() {
    assertThat(SaslPrep.prepare("\u0007 ~\u007f")).isEqualTo("\u0007 ~\u007f");
  }
}
