package dev.reveille.proxy.audit;

import java.time.Instant;

/** An event with its time and its number within this process, as it waits to be written. */
record Noted(Instant at, long number, AuditEvent event) {}
