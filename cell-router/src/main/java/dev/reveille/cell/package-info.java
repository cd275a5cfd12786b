@NullMarked
package dev.reveille.cell;

import org.jspecify.annotations.NullMarked;
