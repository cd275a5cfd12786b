/**
 * Where does this database live, and is that place fit? The words of this package are those of the
 * catalog: accounts, credentials, databases, cells, and the routes between them.
 */
@NullMarked
package dev.reveille.cell;

import org.jspecify.annotations.NullMarked;
