@NullMarked
package dev.reveille.proxy.api;

import org.jspecify.annotations.NullMarked;
