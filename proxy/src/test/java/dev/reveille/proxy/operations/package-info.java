@NullMarked
package dev.reveille.proxy.operations;

import org.jspecify.annotations.NullMarked;
