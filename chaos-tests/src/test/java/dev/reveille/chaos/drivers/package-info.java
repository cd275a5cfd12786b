/** Real drivers and client programs with real workloads. */
@NullMarked
package dev.reveille.chaos.drivers;

import org.jspecify.annotations.NullMarked;
