package dev.reveille.proxy.config;

/** Least important lines that are written. */
public enum LogLevel {
  ERROR, WARN, INFO, DEBUG, TRACE
}
