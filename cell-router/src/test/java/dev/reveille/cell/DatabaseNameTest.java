package dev.reveille.cell;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatabaseNameTest {

  @Test
  void the_limit_is_in_bytes_of_utf8() {
    assertThat(DatabaseName.valid("x".repeat(63))).isTrue();
    assertThat(DatabaseName.valid("x".repeat(64))).isFalse();
    assertThat(DatabaseName.valid("é".repeat(31) + "x")).isTrue();
    assertThat(DatabaseName.valid("é".repeat(32))).isFalse();
    assertThat(DatabaseName.valid("😀".repeat(15) + "abc")).isTrue();
    assertThat(DatabaseName.valid("😀".repeat(16))).isFalse();
  }

  @Test
  void what_postgres_could_not_hold_is_malformed() {
    for (String wrong : new String[]{"", "a\0b", "\ud800", "x\udc00y"}) {
      assertThatThrownBy(() -> DatabaseName.require(wrong)).isInstanceOfSatisfying(
          InvalidNameException.class, e -> assertThat(e.sqlState()).isEqualTo("42602"));
    }
  }

  @Test
  void names_that_others_keep_are_reserved_and_others_like_them_are_not() {
    for (String reserved : new String[]{"postgres", "template0", "template1", "reveille"}) {
      assertThatThrownBy(() -> DatabaseName.require(reserved)).isInstanceOfSatisfying(
          InvalidNameException.class, e -> assertThat(e.sqlState()).isEqualTo("42939"));
    }
    for (String free : new String[]{"Postgres", "template2", "reveille_", "my shop", "\"", "-"}) {
      assertThat(DatabaseName.require(free)).isEqualTo(free);
    }
  }
}
