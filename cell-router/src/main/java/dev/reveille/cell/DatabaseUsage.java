package dev.reveille.cell;

import java.time.Instant;

/**
 * What one database uses.
 *
 * @param computeMillis in the month asked for
 * @param bytes of it and its checkpoints, when last measured
 * @param there whether it has not been dropped
 * @param usedAt when it was last connected to, or made
 */
public record DatabaseUsage(DatabaseId database, String name, long computeMillis, long bytes,
    boolean there, Instant usedAt) {}
