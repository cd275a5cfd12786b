/** What the running product writes down of what happens, and what it must never write down. */
@NullMarked
package dev.reveille.chaos.audit;

import org.jspecify.annotations.NullMarked;
