package dev.reveille.proxy.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One database, as it is listed.
 *
 * @param state the compute's, or the catalog's where that says more
 * @param parent the name that the database had which this one is a branch of
 * @param checkpoint the parent's checkpoint that it began as; empty when it began as the parent was
 *     then
 * @param expires empty when it never does
 * @param used when somebody last connected, to the minute
 */
public record DatabaseView(String name, String id, String cell, String state, int sessions,
    Instant created, String createdBy, Optional<Instant> expires, Optional<String> parent,
    Optional<String> checkpoint, Duration suspendAfter, Optional<Instant> used) {}
