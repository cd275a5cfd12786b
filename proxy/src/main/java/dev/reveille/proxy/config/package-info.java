/** One YAML file, read strictly: every value is declared once, with unit, default and range. */
@NullMarked
package dev.reveille.proxy.config;

import org.jspecify.annotations.NullMarked;
