package dev.reveille.cell.catalog;

import dev.reveille.cell.CellId;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialUsage;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.SlicedCount;
import dev.reveille.cell.TestPostgres;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UsageExchangeTest {
  private final String database = TestPostgres.freshDatabase();
  private final PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database));
  private final CredentialId agent = CredentialId.random();
  private final ProxyLife here = life(UUID.randomUUID(), "a");
  private final ProxyLife there = life(UUID.randomUUID(), "b");

  private static ProxyLife life(UUID home, String cell) {
    return new ProxyLife(UUID.randomUUID(), home, List.of(new CellId(cell)));
  }

  private CredentialUsage usage(int sessions, long bytes) {
    return new CredentialUsage(agent, sessions, new SlicedCount(100, List.of(3, 0, 1)),
        new SlicedCount(7, List.of(2)), 20_000, bytes);
  }

  private List<CredentialUsage> heard(ProxyLife proxy) {
    return catalog.exchange(proxy, List.of(), List.of(agent), List.of()).others();
  }

  @AfterEach
  void close() {
    assertThat(catalog.lentConnections()).as("connections not given back").isZero();
    catalog.close();
  }

  @Test
  void what_one_proxy_tells_the_other_hears() {
    catalog.introduce(here);
    catalog.introduce(there);

    assertThat(catalog.exchange(here, List.of(usage(2, 500)), List.of(agent), List.of()).others())
        .as("nothing of its own")
        .isEmpty();
    assertThat(heard(there)).containsExactly(usage(2, 500));

    catalog.exchange(here, List.of(usage(1, 700)), List.of(), List.of());
    assertThat(heard(there)).as("the newest alone").containsExactly(usage(1, 700));
    assertThat(catalog.exchange(here, List.of(), List.of(agent), List.of(agent)).own())
        .as("what it said itself, without sessions")
        .containsExactly(usage(0, 700));
  }

  @Test
  void a_proxy_that_is_dead_has_no_sessions_but_what_it_used_is_used() {
    catalog.introduce(here);
    catalog.exchange(here, List.of(usage(2, 500)), List.of(), List.of());
    catalog.introduce(there);

    TestPostgres.execute(database,
        "update reveille.proxies set seen_at = now() - interval '11 seconds'");
    assertThat(heard(there)).containsExactly(usage(0, 500));

    catalog.exchange(here, List.of(), List.of(), List.of());
    assertThat(heard(there)).as("it was only away").containsExactly(usage(2, 500));
    catalog.leave(here);
    assertThat(heard(there)).containsExactly(usage(0, 500));
  }

  @Test
  void a_restart_takes_the_place_of_the_life_before() {
    catalog.introduce(here);
    catalog.exchange(here, List.of(usage(2, 500)), List.of(), List.of());

    ProxyLife again = life(here.home(), "a");
    assertThat(catalog.introduce(again)).isEmpty();

    assertThat(heard(again)).as("used before the restart").containsExactly(usage(0, 500));
  }

  @Test
  void a_cell_belongs_to_one_home_that_lives() {
    ProxyLife thief = life(UUID.randomUUID(), "a");

    assertThat(catalog.introduce(here)).isEmpty();
    assertThat(catalog.introduce(there)).isEmpty();
    assertThat(catalog.introduce(thief)).contains(new CellId("a"));

    catalog.leave(here);
    assertThat(catalog.introduce(thief)).isEmpty();
  }

  @Test
  void what_is_over_is_forgotten() {
    catalog.introduce(here);
    catalog.exchange(here, List.of(usage(0, 500)), List.of(), List.of());
    catalog.forgetUsage();
    assertThat(heard(there)).isNotEmpty();

    TestPostgres.execute(database,
        "update reveille.credential_usage set reported_at = now() - interval '26 hours'");
    catalog.forgetUsage();

    assertThat(heard(there)).isEmpty();
  }
}
