/** Finds or obtains the real programs that the tests drive: Toxiproxy, psql, drivers. */
@NullMarked
package dev.reveille.chaos.tools;

import org.jspecify.annotations.NullMarked;
