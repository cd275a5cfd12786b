@NullMarked
package dev.reveille.proxy.mcp;

import org.jspecify.annotations.NullMarked;
