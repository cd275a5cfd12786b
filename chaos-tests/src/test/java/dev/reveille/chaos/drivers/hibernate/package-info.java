/** A shop on pgjdbc, HikariCP, Flyway and Hibernate ORM. */
@NullMarked
package dev.reveille.chaos.drivers.hibernate;

import org.jspecify.annotations.NullMarked;
