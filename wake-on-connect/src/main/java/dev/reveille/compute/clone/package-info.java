/**
 * How a directory becomes two: one driver for each thing that a file system can do.
 * {@link dev.reveille.compute.clone.CloneDrivers} is where to begin.
 */
@NullMarked
package dev.reveille.compute.clone;

import org.jspecify.annotations.NullMarked;
