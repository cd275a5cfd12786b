package dev.reveille.cell.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VersionedCacheTest {
  private record Item(String key, int id, long version) {}

  private final VersionedCache<String, Integer, Item> cache = new VersionedCache<>(1000, Item::key,
      Item::id, Item::version);

  @Test
  void an_older_load_does_not_replace_a_newer_one() {
    cache.store(new Item("a", 1, 7), cache.generation());

    assertThat(cache.store(new Item("a", 1, 5), cache.generation())).get()
        .isEqualTo(new Item("a", 1, 7));
    assertThat(cache.find("a")).contains(new Item("a", 1, 7));
  }

  @Test
  void an_older_change_does_not_remove_a_newer_value() {
    cache.store(new Item("a", 1, 7), cache.generation());

    cache.changed(1, 6);

    assertThat(cache.find("a")).contains(new Item("a", 1, 7));
  }

  @Test
  void a_load_that_a_change_overtook_is_not_kept() {
    long before = cache.generation();
    cache.changed(1, 8);

    assertThat(cache.store(new Item("a", 1, 7), before)).isEmpty();
    assertThat(cache.find("a")).isEmpty();
    assertThat(cache.store(new Item("a", 1, 8), cache.generation())).isPresent();
  }

  @Test
  void a_load_from_before_a_fresh_start_is_not_kept() {
    long before = cache.generation();
    cache.clear();

    assertThat(cache.store(new Item("a", 1, 7), before)).isEmpty();
    assertThat(cache.find("a")).isEmpty();
  }

  @Test
  void what_was_renamed_is_not_found_under_its_old_name() {
    cache.store(new Item("old", 1, 1), cache.generation());
    cache.changed(1, 2);
    cache.store(new Item("new", 1, 2), cache.generation());

    assertThat(cache.find("old")).isEmpty();
    assertThat(cache.find("new")).isPresent();
    assertThat(cache.store(new Item("old", 1, 1), cache.generation())).isEmpty();
    assertThat(cache.find("old")).isEmpty();
  }

  @Test
  void a_name_given_to_another_thing_finds_that_thing() {
    cache.store(new Item("a", 1, 1), cache.generation());
    cache.changed(1, 2);
    cache.store(new Item("a", 2, 3), cache.generation());

    assertThat(cache.find("a")).contains(new Item("a", 2, 3));
  }

  /** Puts the change into every gap between the steps of a load that stores. */
  @Test
  void a_change_in_the_middle_of_storing_leaves_nothing_old_behind() {
    int gaps = 0;
    for (int gap = 1; gap <= 8; gap++) {
      AtomicInteger steps = new AtomicInteger();
      AtomicReference<Runnable> change = new AtomicReference<>(() -> {
      });
      int here = gap;
      Runnable step = () -> {
        if (steps.incrementAndGet() == here) {
          change.get().run();
        }
      };
      VersionedCache<String, Integer, Item> stepped = new VersionedCache<>(1000, Item::key,
          item -> {
            step.run();
            return item.id();
          }, item -> {
            step.run();
            return item.version();
          });
      stepped.changed(1, 5);
      change.set(() -> stepped.changed(1, 8));

      stepped.store(new Item("a", 1, 7), stepped.generation());

      boolean happened = steps.get() >= gap;
      change.set(() -> {
      });
      gaps += happened ? 1 : 0;
      assertThat(stepped.find("a").isPresent()).as("gap " + gap).isEqualTo(!happened);
    }
    assertThat(gaps).isGreaterThan(2);
  }

  @Test
  void a_change_is_news_once() {
    assertThat(cache.changed(1, 5)).isTrue();
    assertThat(cache.changed(1, 5)).isFalse();
    assertThat(cache.changed(1, 4)).isFalse();
    assertThat(cache.changed(1, 6)).isTrue();
  }

  /**
   * Writers raise versions in a "catalog" and announce them afterwards, in any order; readers load,
   * with any delay, and store. Whoever has seen an announcement never reads anything older after it.
   */
  @Test
  void no_race_brings_an_older_version_back() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    int keys = 4;
    List<AtomicLong> truth = new ArrayList<>();
    List<AtomicLong> announced = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      truth.add(new AtomicLong(1));
      announced.add(new AtomicLong());
    }
    ConcurrentHashMap<String, String> wrong = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        Random random = new Random(seed + t);
        boolean writer = t < 2;
        all.add(threads.submit(() -> {
          for (int step = 0; step < 20_000; step++) {
            int id = random.nextInt(keys);
            if (writer) {
              long version = truth.get(id).incrementAndGet();
              cache.changed(id, version);
              announced.get(id).accumulateAndGet(version, Math::max);
            } else {
              long atLeast = announced.get(id).get();
              Optional<Item> found = cache.find("k" + id);
              if (found.isEmpty()) {
                long generation = cache.generation();
                Item loaded = new Item("k" + id, id, truth.get(id).get());
                if (random.nextInt(4) == 0) {
                  Thread.onSpinWait();
                }
                found = cache.store(loaded, generation);
              }
              if (found.isPresent() && found.get().version() < atLeast) {
                wrong.put("seed " + seed, found.get() + " after " + atLeast);
              }
            }
          }
        }));
      }
      await(all);
    }

    assertThat(wrong).isEmpty();
  }

  private static void await(List<Future<?>> all) throws InterruptedException, ExecutionException {
    for (Future<?> one : all) {
      one.get();
    }
  }
}
