/**
 * The HTTP API, without its listener: one table of operations, from which both the routes and the
 * OpenAPI document are made; keys, limits, problems, and answers that can be asked for again.
 */
@NullMarked
package dev.reveille.proxy.api;

import org.jspecify.annotations.NullMarked;
