@NullMarked
package dev.reveille.proxy.config;

import org.jspecify.annotations.NullMarked;
