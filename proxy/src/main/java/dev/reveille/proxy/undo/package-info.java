/** Statements that destroy, recognised from their text, and the checkpoint that is taken before them. */
@NullMarked
package dev.reveille.proxy.undo;

import org.jspecify.annotations.NullMarked;
