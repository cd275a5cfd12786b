/** Moving bytes between a client and its compute, and knowing at each moment whether the session is at rest. */
@NullMarked
package dev.reveille.proxy.relay;

import org.jspecify.annotations.NullMarked;
