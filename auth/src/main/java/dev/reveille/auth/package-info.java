@NullMarked
package dev.reveille.auth;

import org.jspecify.annotations.NullMarked;
