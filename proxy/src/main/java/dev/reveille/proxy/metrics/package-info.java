/** Every metric, declared once, and the observers that feed them. */
@NullMarked
package dev.reveille.proxy.metrics;

import org.jspecify.annotations.NullMarked;
