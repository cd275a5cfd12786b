package dev.reveille.proxy.operations;

/**
 * The end of a restore.
 *
 * @param before what the database was until then: restoring it undoes this restore
 */
public record Restored(CheckpointView before) {}
