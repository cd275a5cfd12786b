/** Schemas compared and merged, with a real Postgres. */
@NullMarked
package dev.reveille.proxy.schema;

import org.jspecify.annotations.NullMarked;
