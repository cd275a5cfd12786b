/**
 * Many clients, proxies and computes in virtual time. The machines are the real ones; everything
 * around them is drawn from one seed, so that a run can be had again.
 */
@NullMarked
package dev.reveille.proxy.sim;

import org.jspecify.annotations.NullMarked;
