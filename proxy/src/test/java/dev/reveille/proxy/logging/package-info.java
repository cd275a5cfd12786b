@NullMarked
package dev.reveille.proxy.logging;

import org.jspecify.annotations.NullMarked;
