/** Sudden death of each process, under load. */
@NullMarked
package dev.reveille.chaos.kill;

import org.jspecify.annotations.NullMarked;
