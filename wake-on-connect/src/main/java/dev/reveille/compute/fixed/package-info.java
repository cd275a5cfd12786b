/** The {@code static} kind of compute: a Postgres that somebody else runs, always. */
@NullMarked
package dev.reveille.compute.fixed;

import org.jspecify.annotations.NullMarked;
