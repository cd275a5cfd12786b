/** The catalog in Postgres: HikariCP, pgjdbc, Flyway. Everything here blocks; nothing here caches. */
@NullMarked
package dev.reveille.cell.catalog;

import org.jspecify.annotations.NullMarked;
