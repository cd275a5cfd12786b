/** Tools that make databases, unchanged, against the console of the running product. */
@NullMarked
package dev.reveille.chaos.console;

import org.jspecify.annotations.NullMarked;
