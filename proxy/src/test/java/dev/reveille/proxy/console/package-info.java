/** The console's language, and its broker between real clients and a real Postgres. */
@NullMarked
package dev.reveille.proxy.console;

import org.jspecify.annotations.NullMarked;
