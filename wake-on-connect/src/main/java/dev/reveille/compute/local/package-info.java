/**
 * Computes as Postgres processes on this machine. Blocking work runs on virtual threads; child
 * processes are born on the one thread of {@link dev.reveille.compute.local.ChildProcesses}.
 */
@NullMarked
package dev.reveille.compute.local;

import org.jspecify.annotations.NullMarked;
