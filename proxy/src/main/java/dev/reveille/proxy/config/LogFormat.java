package dev.reveille.proxy.config;

/** How a log line is written. */
public enum LogFormat {
  TEXT, JSON
}
