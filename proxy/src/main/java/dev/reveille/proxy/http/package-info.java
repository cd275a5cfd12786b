/** The one HTTP listener: health, metrics, and the calls of the command line. */
@NullMarked
package dev.reveille.proxy.http;

import org.jspecify.annotations.NullMarked;
