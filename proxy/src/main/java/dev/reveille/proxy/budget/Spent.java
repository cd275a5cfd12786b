package dev.reveille.proxy.budget;

import java.time.Instant;
import java.util.Optional;

/**
 * A limit that is reached.
 *
 * @param limit its value
 * @param resets when there will be something left again; empty where that depends on others
 */
public record Spent(Budget budget, long limit, Optional<Instant> resets) {}
