package dev.reveille.proxy.operations;

import java.time.Instant;

/** One database, as it is listed. {@code state} is the compute's, or the catalog's before that. */
public record DatabaseView(String name, String id, String cell, String state, int sessions,
    Instant created) {}
