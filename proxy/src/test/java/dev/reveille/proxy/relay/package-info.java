/** The relay and what it stands on, against fakes and against real Postgres. */
@NullMarked
package dev.reveille.proxy.relay;

import org.jspecify.annotations.NullMarked;
