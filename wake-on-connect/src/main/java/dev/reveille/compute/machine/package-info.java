/**
 * The life of a compute as one pure function over sealed types, and nothing else: no thread, clock,
 * file or process. {@link dev.reveille.compute.machine.ComputeMachine} is where to begin.
 */
@NullMarked
package dev.reveille.compute.machine;

import org.jspecify.annotations.NullMarked;
