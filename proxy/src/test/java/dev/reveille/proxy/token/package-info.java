@NullMarked
package dev.reveille.proxy.token;

import org.jspecify.annotations.NullMarked;
