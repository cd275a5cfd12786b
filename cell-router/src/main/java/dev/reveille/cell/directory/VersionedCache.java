package dev.reveille.cell.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache in which nothing older ever takes the place of something newer, whatever the order
 * in which loads and changes arrive. Safe from any thread; never blocks on anything slow.
 *
 * <p>Values are held by id, and keys only point to ids, because a change knows the id but not the key
 * under which something was known before. A change sets a <em>floor</em>: the least version of that id
 * that may be held. A load stores first and looks at the floor afterwards, a change sets the floor
 * first and removes afterwards, so of two that cross each other at least one sees the other. Until it
 * does, a finder looks at the floor too: what is too old is not found, not even for a moment.
 */
final class VersionedCache<K, I, V> {
  /** Longer than any load can take, as statements are bounded in time. */
  private static final Duration FLOORS_KEPT = Duration.ofMinutes(10);

  private final Function<V, K> keyOf;
  private final Function<V, I> idOf;
  private final ToLongFunction<V> versionOf;
  private final Cache<K, I> ids;
  private final Cache<I, V> values;
  private final Cache<I, Long> floors;
  private final AtomicLong generation = new AtomicLong();

  VersionedCache(
      int entries, Function<V, K> keyOf, Function<V, I> idOf, ToLongFunction<V> versionOf) {
    this.keyOf = keyOf;
    this.idOf = idOf;
    this.versionOf = versionOf;
    this.ids = Caffeine.newBuilder().maximumSize(entries).build();
    this.values = Caffeine.newBuilder().maximumSize(entries).build();
    this.floors = Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(FLOORS_KEPT).build();
  }

  /** What is held for {@code key}. */
  Optional<V> find(K key) {
    I id = ids.getIfPresent(key);
    V value = id == null ? null : values.getIfPresent(id);
    return value != null && keyOf.apply(value).equals(key) && current(value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /** To be taken before a load begins, and handed to {@link #store} after it. */
  long generation() {
    return generation.get();
  }

  /**
   * Takes in what was loaded. Returns the newest that is known, which may be newer than what was
   * loaded; empty when the load was overtaken by a change and has to be done again.
   */
  Optional<V> store(V loaded, long generationBefore) {
    I id = idOf.apply(loaded);
    V newest = values.asMap()
        .merge(id, loaded,
            (held, other) -> versionOf.applyAsLong(held) >= versionOf.applyAsLong(other)
                ? held
                : other);
    if (!current(newest) || generation.get() != generationBefore) {
      values.asMap().remove(id, newest);
      return Optional.empty();
    }
    ids.put(keyOf.apply(loaded), id);
    return keyOf.apply(newest).equals(keyOf.apply(loaded)) ? Optional.of(newest) : Optional.empty();
  }

  /** Whether no change newer than {@code value} is known. */
  boolean current(V value) {
    Long floor = floors.getIfPresent(idOf.apply(value));
    return floor == null || versionOf.applyAsLong(value) >= floor;
  }

  /** Takes in a change; false when it was known already. */
  boolean changed(I id, long version) {
    boolean[] news = {false};
    floors.asMap().compute(id, (same, floor) -> {
      news[0] = floor == null || floor < version;
      return news[0] ? Long.valueOf(version) : floor;
    });
    values.asMap()
        .computeIfPresent(id,
            (same, value) -> VersionedCache.<@Nullable V>orNull(value, current(value)));
    return news[0];
  }

  /** Forgets all values, and makes loads that have begun begin again. */
  void clear() {
    generation.incrementAndGet();
    values.invalidateAll();
  }

  private static <T extends @Nullable Object> @Nullable T orNull(T value, boolean keep) {
    return keep ? value : null;
  }
}
