package dev.reveille.compute;

import dev.reveille.cell.DatabaseId;

/**
 * A running compute, as sessions see it. It is valid for one epoch: after the compute has gone, an
 * endpoint of the same database has a higher one.
 *
 * @param maxConnections how many sessions the compute admits, its own reserve apart
 */
public record ComputeEndpoint(DatabaseId database, ComputeAddress address, long epoch,
    int maxConnections) {}
