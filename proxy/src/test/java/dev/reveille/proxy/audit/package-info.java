@NullMarked
package dev.reveille.proxy.audit;

import org.jspecify.annotations.NullMarked;
