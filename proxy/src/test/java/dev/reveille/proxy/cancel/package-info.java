@NullMarked
package dev.reveille.proxy.cancel;

import org.jspecify.annotations.NullMarked;
