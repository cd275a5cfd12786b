package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.AuditEntry;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Samples;
import dev.reveille.cell.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AuditRowsTest {
  private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");

  private final String database = TestPostgres.freshDatabase();
  private final PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database));
  private final AccountId account = catalog.defaultAccount();

  @AfterEach
  void close() {
    assertThat(catalog.lentConnections()).as("connections not given back").isZero();
    catalog.close();
  }

  @Test
  void what_is_recorded_comes_back_whole() {
    AuditEntry full = new AuditEntry(AT, OptionalLong.of(7), "session_started",
        Optional.of(account), Optional.of(DatabaseId.random()), Optional.of("Größe \"x\""),
        Optional.of("a_one"), OptionalLong.of(12), "i1",
        Map.of("cold", true, "auth_us", 1234L, "client", "::1"));
    AuditEntry bare = new AuditEntry(AT.minusSeconds(1), OptionalLong.of(6), "cancel",
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        OptionalLong.empty(), "i1", Map.of());

    catalog.record(List.of(bare, full));

    assertThat(catalog.entries(Optional.empty(), AT.minusSeconds(9), 10))
        .containsExactly(full, bare);
    assertThat(catalog.entries(Optional.of("a_one"), AT.minusSeconds(9), 10))
        .containsExactly(full);
    assertThat(catalog.entries(Optional.empty(), AT, 10)).containsExactly(full);
    assertThat(catalog.entries(Optional.empty(), AT.minusSeconds(9), 1)).containsExactly(full);
  }

  @Test
  void a_batch_that_is_sent_again_is_kept_once() {
    List<AuditEntry> batch = List.of(entry(AT, 1), entry(AT, 2));

    catalog.record(batch);
    catalog.record(List.of(entry(AT, 2), entry(AT, 3)));

    assertThat(catalog.entries(Optional.empty(), AT, 10))
        .extracting(entry -> entry.number().orElseThrow())
        .containsExactlyInAnyOrder(1L, 2L, 3L);
  }

  @Test
  void the_oldest_go_first_and_only_so_many_at_once() {
    catalog.record(IntStream.range(0, 10).mapToObj(i -> entry(AT.plusSeconds(i), i)).toList());

    assertThat(catalog.forgetEntries(AT.plusSeconds(8), 3)).isEqualTo(3);
    assertThat(catalog.forgetEntries(AT.plusSeconds(8), 100)).isEqualTo(5);
    assertThat(catalog.forgetEntries(AT.plusSeconds(8), 100)).isZero();
    assertThat(catalog.entries(Optional.empty(), AT, 100)).hasSize(2);
  }

  @Test
  void an_expiry_is_recorded_once_though_many_look_at_the_same_time() throws Exception {
    for (int i = 0; i < 20; i++) {
      catalog.createCredential(expiring("a_over_" + i, AT));
    }
    catalog.createCredential(expiring("a_later", AT.plusSeconds(60)));
    catalog.createCredential(expiring("a_long_ago", AT.minus(Duration.ofDays(40))));
    Credential revoked = expiring("a_revoked", AT);
    catalog.createCredential(revoked);
    catalog.revokeCredential(revoked.id());

    List<Future<List<AuditEntry>>> looks = new ArrayList<>();
    try (ExecutorService proxies = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        String instance = "i" + i;
        looks.add(proxies.submit(() -> catalog.recordExpired(AT.minus(Duration.ofDays(30)),
            AT.plusSeconds(1), instance, 15)));
      }
    }
    List<AuditEntry> recorded = new ArrayList<>(
        catalog.recordExpired(AT.minus(Duration.ofDays(30)), AT.plusSeconds(1), "last", 15));
    for (Future<List<AuditEntry>> look : looks) {
      recorded.addAll(look.get());
    }

    assertThat(recorded).hasSize(20)
        .extracting(entry -> entry.credential().orElseThrow())
        .doesNotHaveDuplicates()
        .allMatch(name -> name.startsWith("a_over_"));
    assertThat(recorded.getFirst().details()).containsEntry("expired_at",
        "2030-01-01T00:00:00.000Z");
    assertThat(catalog.entries(Optional.empty(), AT, 100)).hasSize(20);
  }

  private Credential expiring(String name, Instant at) {
    return Samples.scoped(Samples.credential(name, account), new DatabaseScope.All(), at);
  }

  private static AuditEntry entry(Instant at, long number) {
    return new AuditEntry(at, OptionalLong.of(number), "cancel", Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), "i1",
        Map.of());
  }
}
