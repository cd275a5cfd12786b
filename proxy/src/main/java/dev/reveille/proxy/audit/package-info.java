/** What is written down of who came, what they did and what was done to their credentials. */
@NullMarked
package dev.reveille.proxy.audit;

import org.jspecify.annotations.NullMarked;
