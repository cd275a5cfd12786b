@NullMarked
package dev.reveille.proxy.http;

import org.jspecify.annotations.NullMarked;
