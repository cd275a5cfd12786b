package dev.reveille.cell;

import java.util.List;

/**
 * How often something happened, by slices of time of one length, numbered from 1970 on.
 *
 * @param newest the number of the slice that {@code counts} begins with
 * @param counts of that slice, and of those before it
 */
public record SlicedCount(long newest, List<Integer> counts) {
  public SlicedCount {
    counts = List.copyOf(counts);
  }
}
