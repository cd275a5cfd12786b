package dev.reveille.chaos.bench;

import dev.reveille.chaos.harness.ConnectionString;

/** A way to the same Postgres; {@code pid} is the process in between, or 0. */
record Door(String name, ConnectionString url, long pid) {}
