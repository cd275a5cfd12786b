/** What an attacker tries against the running product, each beside the same against what is unprotected. */
@NullMarked
package dev.reveille.chaos.attacks;

import org.jspecify.annotations.NullMarked;
