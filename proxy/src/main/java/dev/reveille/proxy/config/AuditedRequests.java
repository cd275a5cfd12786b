package dev.reveille.proxy.config;

/** Whose statements are written down. */
public enum AuditedRequests {
  NONE, AGENTS, ALL
}
