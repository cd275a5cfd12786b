package dev.reveille.proxy.console;

import java.util.Optional;

/**
 * One option of CREATE DATABASE.
 *
 * @param name in lower case, {@code connection_limit} for the one of two words
 * @param value empty for DEFAULT
 * @param position of the option in the statement, in characters from 1
 */
record CreateOption(String name, Optional<String> value, int position) {}
