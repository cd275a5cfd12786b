@NullMarked
package dev.reveille.proxy;

import org.jspecify.annotations.NullMarked;
