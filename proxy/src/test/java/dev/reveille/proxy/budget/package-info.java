@NullMarked
package dev.reveille.proxy.budget;

import org.jspecify.annotations.NullMarked;
