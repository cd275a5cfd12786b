/** Tokens of others: where their keys are read from, and the credential that a token stands for. */
@NullMarked
package dev.reveille.proxy.token;

import org.jspecify.annotations.NullMarked;
