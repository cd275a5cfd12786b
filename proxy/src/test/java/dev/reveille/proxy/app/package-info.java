@NullMarked
package dev.reveille.proxy.app;

import org.jspecify.annotations.NullMarked;
