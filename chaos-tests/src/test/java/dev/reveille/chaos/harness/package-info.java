/** The built product as a real process, real Postgres, real Toxiproxy, and what each leaves behind. */
@NullMarked
package dev.reveille.chaos.harness;

import org.jspecify.annotations.NullMarked;
