/**
 * Is it running? Start it, stop it, clone it. {@link dev.reveille.compute.Computes} is the door;
 * what a kind of compute has to do stands behind {@link dev.reveille.compute.ComputeProvider}.
 */
@NullMarked
package dev.reveille.compute;

import org.jspecify.annotations.NullMarked;
