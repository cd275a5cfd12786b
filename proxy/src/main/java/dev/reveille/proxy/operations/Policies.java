package dev.reveille.proxy.operations;

import dev.reveille.cell.DatabaseSettings;
import java.time.Duration;

/**
 * What holds for all databases where nothing else is said.
 *
 * @param deadline how long a step of an operation is waited for
 */
public record Policies(DatabaseSettings defaults, LifetimeRules lifetimes, Duration deadline) {}
