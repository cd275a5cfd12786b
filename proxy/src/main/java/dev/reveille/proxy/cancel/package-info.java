/** The proxy's own cancel keys, and the delivery of cancel requests. */
@NullMarked
package dev.reveille.proxy.cancel;

import org.jspecify.annotations.NullMarked;
