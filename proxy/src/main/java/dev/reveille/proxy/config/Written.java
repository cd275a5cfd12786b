package dev.reveille.proxy.config;

/**
 * A value as somebody wrote it.
 *
 * @param text the value, not yet read
 * @param place where it was written, for messages: {@code config.yaml:12} or a variable's name
 */
record Written(String text, String place) {}
