/** What credentials use, over all proxies, and what is left of it. */
@NullMarked
package dev.reveille.proxy.budget;

import org.jspecify.annotations.NullMarked;
