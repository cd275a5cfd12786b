package dev.reveille.cell.catalog;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CatalogSourceTest {

  private static PGSimpleDataSource source(String url) {
    return new CatalogSource(CatalogSettings.of(url)).pooled();
  }

  @Test
  void a_url_may_be_libpqs_or_jdbcs() {
    PGSimpleDataSource libpq = source(
        "postgresql://me:p%40ss%2Bw+rd@db.example:6000/cat?sslmode=require");
    assertThat(libpq.getServerNames()).containsExactly("db.example");
    assertThat(libpq.getPortNumbers()).containsExactly(6000);
    assertThat(libpq.getDatabaseName()).isEqualTo("cat");
    assertThat(libpq.getUser()).isEqualTo("me");
    assertThat(libpq.getPassword()).isEqualTo("p@ss+w+rd");
    assertThat(libpq.getSslMode()).isEqualTo("require");

    PGSimpleDataSource jdbc = source("jdbc:postgresql://db.example/cat?user=me&password=pw");
    assertThat(jdbc.getUser()).isEqualTo("me");
    assertThat(jdbc.getPassword()).isEqualTo("pw");

    PGSimpleDataSource two = source("postgres://me@one,two:5433/cat?targetServerType=primary");
    assertThat(two.getServerNames()).containsExactly("one", "two");
  }

  @Test
  void a_login_that_is_given_apart_comes_first() {
    for (String url : new String[]{
        "postgresql://me:pw@h/cat", "jdbc:postgresql://h/cat?user=me&password=pw"}) {
      PGSimpleDataSource source = new CatalogSource(
          CatalogSettings.of(url).withLogin("you", "other")).pooled();

      assertThat(source.getUser()).isEqualTo("you");
      assertThat(source.getPassword()).isEqualTo("other");
    }
  }

  @Test
  void every_wait_is_bounded() {
    PGSimpleDataSource source = source("postgresql://h/cat");

    assertThat(source.getConnectTimeout()).isEqualTo(2);
    assertThat(source.getSocketTimeout()).isEqualTo(5);
    assertThat(source.getOptions()).contains("statement_timeout=3000");
  }

  @Test
  void what_is_not_a_url_is_refused_without_being_quoted() {
    for (String wrong : new String[]{"", "mysql://me:hush@h/x", "postgresql:/hush", "hush"}) {
      assertThatThrownBy(() -> source(wrong)).as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("postgresql://user")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hush"));
    }
  }

  @Test
  void settings_do_not_print_their_secret() {
    assertThat(CatalogSettings.of("postgresql://me:hush@h/x").withLogin("a", "quiet").toString())
        .doesNotContain("hush")
        .doesNotContain("quiet");
    assertThatThrownBy(() -> CatalogSettings.of("postgresql://h/x")
        .withTimeouts(Duration.ofMillis(249), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
