/** A proxy's cached view of the catalog. */
@NullMarked
package dev.reveille.cell.directory;

import org.jspecify.annotations.NullMarked;
