package dev.reveille.cell;

import java.time.Instant;

/** A database as the catalog has it, ready or not. */
public record DatabaseRecord(Route route, DatabaseState state, Instant createdAt) {}
