package dev.reveille.cell;

/**
 * Where an account stands, over all proxies, as of one moment.
 *
 * @param computeMillis run by its computes in the month asked for, as far as it has been flushed
 * @param kibSeconds stored in that month: 1,024 bytes for a second each
 * @param wakes in that month
 * @param bytes stored when it was last measured
 * @param ready its databases that are ready, counted up to the number asked for
 */
public record AccountStanding(Account account, long computeMillis, long kibSeconds, long wakes,
    long bytes, int ready) {}
