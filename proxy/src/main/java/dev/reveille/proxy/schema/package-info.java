/** Schemas of databases: what differs between two, as SQL, and what can be merged of it. */
@NullMarked
package dev.reveille.proxy.schema;

import org.jspecify.annotations.NullMarked;
