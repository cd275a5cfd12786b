package dev.reveille.proxy.audit;

import dev.reveille.proxy.audit.AuditEvent.ConnectionRefused;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FloodTest {
  private final Flood flood = new Flood();

  @Test
  void one_address_does_not_hide_another() throws Exception {
    for (int i = 0; i < 100; i++) {
      flood.admits(AuditSamples.refused(address(1), "x"));
    }

    assertThat(flood.admits(AuditSamples.refused(address(2), "x"))).isTrue();
    assertThat(flood.admits(AuditSamples.refused(address(1), "x"))).isFalse();
  }

  @Test
  void the_next_window_begins_afresh() throws Exception {
    for (int i = 0; i < 100; i++) {
      flood.admits(AuditSamples.refused(address(1), "x"));
    }

    assertThat(counted(flood.summaries())).isEqualTo(100 - Flood.EACH);
    assertThat(flood.summaries()).isEmpty();
    assertThat(flood.admits(AuditSamples.refused(address(1), "x"))).isTrue();
  }

  @Test
  void many_addresses_cost_a_bounded_number_of_lines_and_none_is_forgotten() throws Exception {
    int all = 20_000;
    long told = 0;
    for (int i = 0; i < all; i++) {
      told += flood.admits(AuditSamples.refused(address(i), "x")) ? 1 : 0;
    }
    List<AuditEvent> summaries = flood.summaries();

    assertThat(told).isEqualTo(Flood.ALL);
    assertThat(summaries).hasSizeLessThanOrEqualTo(Flood.ADDRESSES + 1);
    assertThat(told + counted(summaries)).isEqualTo(all);
  }

  @Test
  void no_count_is_lost_between_threads_and_windows() throws Exception {
    AtomicLong told = new AtomicLong();
    AtomicLong counted = new AtomicLong();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int t = 0; t < 3; t++) {
        threads.submit(() -> {
          for (int i = 0; i < 20_000; i++) {
            if (flood.admits(AuditSamples.refused("x"))) {
              told.incrementAndGet();
            }
          }
        });
      }
      threads.submit(() -> {
        for (int i = 0; i < 200; i++) {
          counted.addAndGet(counted(flood.summaries()));
        }
      });
    }
    counted.addAndGet(counted(flood.summaries()));

    assertThat(told.get() + counted.get()).isEqualTo(60_000);
  }

  @Test
  void what_a_stranger_cannot_cause_is_never_summed_up() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(flood.admits(AuditSamples.revoked("a_one"))).isTrue();
    }
    assertThat(flood.summaries()).isEmpty();
  }

  private static long counted(List<AuditEvent> summaries) {
    return summaries.stream().mapToLong(event -> ((ConnectionRefused) event).count()).sum();
  }

  private static InetAddress address(int i) throws Exception {
    return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(0x0a000000 + i).array());
  }
}
