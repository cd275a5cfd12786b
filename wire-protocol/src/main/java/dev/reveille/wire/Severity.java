package dev.reveille.wire;

/**
 * Severities of ErrorResponse and NoticeResponse (PostgreSQL documentation, Frontend/Backend
 * Protocol, Error and Notice Message Fields, S and V).
 */
public enum Severity {
  ERROR, FATAL, PANIC, WARNING, NOTICE, DEBUG, INFO, LOG
}
