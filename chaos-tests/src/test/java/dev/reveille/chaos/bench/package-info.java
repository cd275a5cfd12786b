/** Measures against what a user would otherwise run. */
@NullMarked
package dev.reveille.chaos.bench;

import org.jspecify.annotations.NullMarked;
