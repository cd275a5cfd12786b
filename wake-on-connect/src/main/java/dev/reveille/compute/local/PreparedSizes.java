package dev.reveille.compute.local;

/** How many prepared storages of a cell can be taken: with a running compute, and without. */
public record PreparedSizes(int running, int copies) {}
