/** The running process: assembly, start, drain and stop. */
@NullMarked
package dev.reveille.proxy.app;

import org.jspecify.annotations.NullMarked;
