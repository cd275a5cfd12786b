/** The running product, looked at from outside: sleeping and waking, refusals, and its own life. */
@NullMarked
package dev.reveille.chaos.product;

import org.jspecify.annotations.NullMarked;
