@NullMarked
package dev.reveille.proxy.connect;

import org.jspecify.annotations.NullMarked;
