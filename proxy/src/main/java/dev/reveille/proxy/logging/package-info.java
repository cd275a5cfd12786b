/** How the process writes its log: one line an event, key=value or JSON, from a fixed table of keys. */
@NullMarked
package dev.reveille.proxy.logging;

import org.jspecify.annotations.NullMarked;
