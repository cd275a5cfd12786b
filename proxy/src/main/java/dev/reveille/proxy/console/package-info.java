/** The console database: commands, and what there is as tables, over the ordinary wire. */
@NullMarked
package dev.reveille.proxy.console;

import org.jspecify.annotations.NullMarked;
