@NullMarked
package dev.reveille.proxy.transport;

import org.jspecify.annotations.NullMarked;
