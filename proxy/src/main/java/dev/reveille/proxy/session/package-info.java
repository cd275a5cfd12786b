/** The life of a client's connection: a pure machine, and the driver that carries it out. */
@NullMarked
package dev.reveille.proxy.session;

import org.jspecify.annotations.NullMarked;
