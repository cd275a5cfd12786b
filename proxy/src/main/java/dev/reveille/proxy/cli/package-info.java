/** The command line. Commands other than {@code up} and {@code doctor} call the running process. */
@NullMarked
package dev.reveille.proxy.cli;

import org.jspecify.annotations.NullMarked;
