/**
 * The tools that agents call by the Model Context Protocol (https://modelcontextprotocol.io): over
 * HTTP in the proxy, and over standard input and output in a process that passes calls on to it.
 */
@NullMarked
package dev.reveille.proxy.mcp;

import org.jspecify.annotations.NullMarked;
