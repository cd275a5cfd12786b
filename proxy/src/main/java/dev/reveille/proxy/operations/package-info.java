/** What can be done to a database by name: create, drop, suspend, wake, list, url. */
@NullMarked
package dev.reveille.proxy.operations;

import org.jspecify.annotations.NullMarked;
