package dev.reveille.compute;

import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import java.util.OptionalLong;

/**
 * One database's compute at this moment.
 *
 * @param state the name of the machine's state, in lower case: {@code asleep}, {@code starting},
 * {@code awake}, {@code holding}, {@code stopping}, {@code changing}, {@code backing_off},
 * {@code dropped}
 * @param epoch of the running compute, or 0
 * @param processId of its postmaster, where there is one on this machine
 */
public record ComputeStatus(DatabaseId database, String name, CellId cell, String state, long epoch,
    int sessions, int waiters, OptionalLong processId) {}
