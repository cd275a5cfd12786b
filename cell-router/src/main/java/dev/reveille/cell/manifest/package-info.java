/** What a cell keeps on its own storage so that it can be served without the catalog. */
@NullMarked
package dev.reveille.cell.manifest;

import org.jspecify.annotations.NullMarked;
