@NullMarked
package dev.reveille.proxy.metrics;

import org.jspecify.annotations.NullMarked;
