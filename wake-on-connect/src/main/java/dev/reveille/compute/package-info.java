@NullMarked
package dev.reveille.compute;

import org.jspecify.annotations.NullMarked;
