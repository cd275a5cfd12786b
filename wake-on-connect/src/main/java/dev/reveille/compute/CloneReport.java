package dev.reveille.compute;

import java.time.Duration;

/**
 * How a storage was cloned.
 *
 * @param driver {@code btrfs}, {@code reflink} or {@code copy}
 * @param took from the request to the durable clone
 * @param bytes apparent size of the clone's files; on the disk they may be shared with the source
 */
public record CloneReport(String driver, Duration took, long bytes) {}
