/** How bytes get in and out: the kernel's ways of moving them, and how a socket is tuned and closed. */
@NullMarked
package dev.reveille.proxy.transport;

import org.jspecify.annotations.NullMarked;
