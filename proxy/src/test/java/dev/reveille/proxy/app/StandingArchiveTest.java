package dev.reveille.proxy.app;

import dev.reveille.cell.Route;
import dev.reveille.compute.Computes;
import dev.reveille.compute.Moving;
import dev.reveille.proxy.operations.CreateDatabase;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Archives that take longer than a step may stand still: those that move go on, and those that do not are called off. */
class StandingArchiveTest {
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

  /** Moves whenever it is looked at, and ends well at the last of so many looks; or never. */
  private static final class Slow implements Moving<Long> {
    final CompletableFuture<Long> report = new CompletableFuture<>();
    final AtomicInteger looks = new AtomicInteger();
    private final int last;

    Slow(int last) {
      this.last = last;
    }

    @Override
    public CompletionStage<Long> report() {
      return report;
    }

    @Override
    public long moved() {
      int now = Math.min(looks.incrementAndGet(), last);
      if (now == last && last > 1) {
        report.complete(1L);
      }
      return now;
    }

    @Override
    public void abandon() {
      report.completeExceptionally(new IllegalStateException("it was given up"));
    }
  }

  @Test
  void an_archive_goes_on_as_long_as_bytes_move_and_is_called_off_when_it_stands_still()
      throws Exception {
    try (OwnRooms rooms = OwnRooms.open()) {
      Requester who = Requester.control(rooms.catalog.defaultAccount());
      Databases patient = rooms.databases();
      var _ = patient.create(who, CreateDatabase.named("shop"));
      var _ = patient.alter(who, "shop", Map.of("ttl", "1 h"));
      var _ = patient.suspend(who, "shop");
      Route shop = rooms.catalog.route(who.account(), "shop").orElseThrow();

      Slow packed = new Slow(6);
      assertThat(hasty(rooms, packed).reclaiming().archive(shop, LATER)).isTrue();
      assertThat(packed.looks).hasValueGreaterThanOrEqualTo(6);

      Slow standing = new Slow(1);
      assertThatThrownBy(() -> hasty(rooms, standing).alter(who, "shop", Map.of("ttl", "2 h")))
          .isInstanceOfSatisfying(OperationFailure.class,
              failure -> assertThat(failure.sqlState()).isEqualTo("57P03"))
          .hasMessageContaining("made no progress");
      assertThat(standing.report).isCompletedExceptionally();
      assertThat(rooms.catalog.route(who.account(), "shop").orElseThrow().lifetime().archived())
          .isTrue();

      Slow unpacked = new Slow(6);
      var _ = hasty(rooms, unpacked).alter(who, "shop", Map.of("ttl", "2 h"));
      assertThat(unpacked.looks).hasValueGreaterThanOrEqualTo(6);
      assertThat(rooms.sql("shop", "select 1")).containsExactly("1");
    }
  }

  /** Operations that give up what stands still for two seconds, and whose archives are this. */
  private static Databases hasty(OwnRooms rooms, Moving<Long> archive) {
    Computes computes = (Computes) Proxy.newProxyInstance(Computes.class.getClassLoader(),
        new Class<?>[]{Computes.class}, (proxy, method, arguments) -> {
          try {
            return method.getName().endsWith("archive")
                ? archive
                : method.invoke(rooms.computes, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
    return rooms.databases(rooms.catalog, computes, InstantSource.system(), event -> {
    }, Duration.ofSeconds(2));
  }
}
