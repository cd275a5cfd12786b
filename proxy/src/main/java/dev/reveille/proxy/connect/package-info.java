/** Logging in to a compute on behalf of a session that has been proved. */
@NullMarked
package dev.reveille.proxy.connect;

import org.jspecify.annotations.NullMarked;
