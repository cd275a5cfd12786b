/** Toxiproxy between the parts: what a bad network may and may not do. */
@NullMarked
package dev.reveille.chaos.faults;

import org.jspecify.annotations.NullMarked;
