@NullMarked
package dev.reveille.wire;

import org.jspecify.annotations.NullMarked;
