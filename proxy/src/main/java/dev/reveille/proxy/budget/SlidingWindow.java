package dev.reveille.proxy.budget;

import dev.reveille.cell.SlicedCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often something happened in the last minute or hour: a ring of counters, one for each twelfth
 * of that time and one more. A slice counts in full until all of it is over, so that what is counted
 * is never less than what happened in the time, and may be what happened in 13/12 of it.
 *
 * <p>Slices are numbered from 1970 on, the same on every proxy. A clock that is set back counts into
 * the newest slice. Not thread-safe.
 */
final class SlidingWindow {
  private static final int SLICES = 12;

  private final long sliceMillis;
  private final int[] counts = new int[SLICES + 1];
  private long newest;

  SlidingWindow(Duration length) {
    sliceMillis = length.toMillis() / SLICES;
  }

  static SlidingWindow minute() {
    return new SlidingWindow(Duration.ofMinutes(1));
  }

  static SlidingWindow hour() {
    return new SlidingWindow(Duration.ofHours(1));
  }

  long slice(Instant now) {
    return Math.floorDiv(now.toEpochMilli(), sliceMillis);
  }

  void add(long slice, int count) {
    advance(slice);
    if (newest - slice <= SLICES) {
      counts[index(slice)] += count;
    }
  }

  /** Takes back what was added in that slice, if it is still counted. */
  void takeBack(long slice, int count) {
    if (slice <= newest && newest - slice <= SLICES) {
      counts[index(slice)] = Math.max(0, counts[index(slice)] - count);
    }
  }

  int sum(Instant now) {
    advance(slice(now));
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }

  void clear() {
    Arrays.fill(counts, 0);
  }

  /** Adds what was counted elsewhere, or before; by a clock that is ahead, as if it were now. */
  void add(SlicedCount other, Instant now) {
    long latest = slice(now);
    for (int age = other.counts().size() - 1; age >= 0; age--) {
      int count = other.counts().get(age);
      if (count > 0) {
        add(Math.min(latest, other.newest() - age), count);
      }
    }
  }

  SlicedCount snapshot() {
    List<Integer> newestFirst = new ArrayList<>(counts.length);
    int last = 0;
    for (int age = 0; age < counts.length; age++) {
      int count = counts[index(newest - age)];
      newestFirst.add(count);
      last = count > 0 ? age + 1 : last;
    }
    return new SlicedCount(newest, newestFirst.subList(0, last));
  }

  /** When less than {@code limit} of what is counted in both will still count. */
  static Instant below(int limit, Instant now, SlidingWindow one, SlidingWindow other) {
    int left = one.sum(now) + other.sum(now);
    long slice = Math.min(one.newest, other.newest) - SLICES;
    long last = Math.max(one.newest, other.newest);
    while (slice <= last && left >= limit) {
      left -= one.at(slice) + other.at(slice);
      slice++;
    }
    // The slice before this one has to be over, and the whole length of the window behind it.
    return Instant.ofEpochMilli((slice + SLICES) * one.sliceMillis);
  }

  private int at(long slice) {
    return slice > newest || newest - slice > SLICES ? 0 : counts[index(slice)];
  }

  private void advance(long slice) {
    if (slice - newest > SLICES) {
      clear();
      newest = slice;
    }
    while (newest < slice) {
      newest++;
      counts[index(newest)] = 0;
    }
  }

  private int index(long slice) {
    return (int) Math.floorMod(slice, (long) counts.length);
  }
}
