package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiKeyId;
import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.ApiKeyTable.KeptAnswer;
import dev.reveille.cell.ApiScope;
import dev.reveille.cell.AuditEntry;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ApiKeyRowsTest {
  private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final String ASKED = "ab".repeat(32);

  private final PostgresCatalog catalog = new PostgresCatalog(
      TestPostgres.settings(TestPostgres.freshDatabase()));
  private final AccountId account = catalog.defaultAccount();
  private final ApiKeyTable keys = catalog.apiKeys();

  @AfterEach
  void close() {
    assertThat(catalog.lentConnections()).as("connections not given back").isZero();
    catalog.close();
  }

  @Test
  void a_key_is_found_by_its_hash_and_by_nothing_else() {
    ApiKey key = key("ci", "01");
    keys.create(key);

    assertThat(keys.find("01".repeat(32))).contains(key);
    assertThat(keys.find("02".repeat(32))).isEmpty();
    assertThat(keys.of(account)).containsExactly(key);
    assertThat(keys.of(AccountId.random())).isEmpty();
  }

  @Test
  void a_name_is_given_once_even_when_its_key_was_revoked() {
    keys.create(key("ci", "01"));

    Optional<ApiKey> revoked = keys.revoke(account, "ci");

    assertThat(revoked.orElseThrow().live(AT)).isFalse();
    assertThat(keys.revoke(account, "ci").orElseThrow().revokedAt())
        .isEqualTo(revoked.orElseThrow().revokedAt());
    assertThat(keys.revoke(account, "other")).isEmpty();
    assertThat(keys.revoke(AccountId.random(), "ci")).isEmpty();
    assertThatThrownBy(() -> keys.create(key("ci", "02")))
        .isInstanceOf(NameTakenException.class);
  }

  @Test
  void the_time_of_last_use_never_goes_back() {
    ApiKey key = key("ci", "01");
    keys.create(key);

    keys.noteUse(key.id(), AT.plusSeconds(5));
    keys.noteUse(key.id(), AT);

    assertThat(keys.find(key.hash()).orElseThrow().lastUsedAt()).contains(AT.plusSeconds(5));
  }

  @Test
  void of_many_who_claim_an_idempotency_key_at_once_one_is_first() throws Exception {
    ApiKey key = key("ci", "01");
    keys.create(key);
    List<Future<Optional<KeptAnswer>>> claims = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        claims.add(threads.submit(() -> keys.claimAnswer(key.id(), "k", ASKED, DAY, DAY)));
      }
    }

    int first = 0;
    for (Future<Optional<KeptAnswer>> claim : claims) {
      first += claim.get().isEmpty() ? 1 : 0;
    }
    assertThat(first).isEqualTo(1);
  }

  @Test
  void an_answer_is_kept_until_it_is_old_and_an_abandoned_claim_for_shorter() {
    ApiKey key = key("ci", "01");
    keys.create(key);
    assertThat(keys.claimAnswer(key.id(), "k", ASKED, DAY, DAY)).isEmpty();
    assertThat(keys.claimAnswer(key.id(), "k", ASKED, DAY, DAY).orElseThrow().answer()).isEmpty();
    assertThat(keys.claimAnswer(key.id(), "k", ASKED, DAY, Duration.ZERO)).isEmpty();

    keys.keepAnswer(key.id(), "k", new byte[]{1, 2});
    keys.releaseAnswer(key.id(), "k");

    KeptAnswer kept = keys.claimAnswer(key.id(), "k", "cd".repeat(32), DAY, Duration.ZERO)
        .orElseThrow();
    assertThat(kept.request()).isEqualTo(ASKED);
    assertThat(kept.answer().orElseThrow()).containsExactly(1, 2);
    assertThat(keys.claimAnswer(key.id(), "k", ASKED, Duration.ZERO, Duration.ZERO)).isEmpty();
    keys.releaseAnswer(key.id(), "k");
    assertThat(keys.claimAnswer(key.id(), "k", ASKED, DAY, DAY)).isEmpty();
  }

  @Test
  void an_account_reads_its_own_events_page_by_page() {
    catalog.record(List.of(event(1, account), event(2, account), event(3, AccountId.random()),
        event(4, account)));

    var first = catalog.events(account, OptionalLong.empty(), 2);
    var second = catalog.events(account, OptionalLong.of(first.getLast().id()), 2);

    assertThat(first).extracting(event -> event.entry().number().orElseThrow())
        .containsExactly(4L, 2L);
    assertThat(second).extracting(event -> event.entry().number().orElseThrow())
        .containsExactly(1L);
  }

  private static AuditEntry event(long number, AccountId account) {
    return new AuditEntry(AT, OptionalLong.of(number), "cancel", Optional.of(account),
        Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), "i1",
        Map.of());
  }

  private ApiKey key(String name, String hash) {
    return new ApiKey(ApiKeyId.random(), account, name, hash.repeat(32),
        Set.of(ApiScope.DATABASES_READ, ApiScope.SQL_RUN), AT, AT.plus(DAY), Optional.empty(),
        Optional.empty());
  }
}
