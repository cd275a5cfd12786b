package dev.reveille.proxy.operations;

import dev.reveille.cell.DatabaseSettings;
import java.time.Duration;

/**
 * What holds for all databases where nothing else is said.
 *
 * @param deadline how long a step of an operation is waited for
 * @param largestCopiedBase bytes of the largest storage that is copied, where nothing is shared, only to keep what a
 *     branch began as
 */
public record Policies(DatabaseSettings defaults, LifetimeRules lifetimes, Duration deadline,
    long largestCopiedBase) {}
