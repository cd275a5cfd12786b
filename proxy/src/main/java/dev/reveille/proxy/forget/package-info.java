/** Forgets what nobody wants any more: warns, archives, deletes. */
@NullMarked
package dev.reveille.proxy.forget;

import org.jspecify.annotations.NullMarked;
