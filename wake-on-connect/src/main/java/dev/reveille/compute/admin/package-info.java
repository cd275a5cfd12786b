/** A small blocking client for what the compute side itself has to say to a compute. */
@NullMarked
package dev.reveille.compute.admin;

import org.jspecify.annotations.NullMarked;
