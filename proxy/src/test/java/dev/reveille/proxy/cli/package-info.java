@NullMarked
package dev.reveille.proxy.cli;

import org.jspecify.annotations.NullMarked;
