/** Statements that destroy, recognised, and what is done before them. */
@NullMarked
package dev.reveille.proxy.undo;

import org.jspecify.annotations.NullMarked;
