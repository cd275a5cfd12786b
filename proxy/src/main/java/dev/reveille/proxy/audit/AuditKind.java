package dev.reveille.proxy.audit;

import java.util.Locale;

/** Every kind of event there is, for the reference page and the {@code kind} of a line. */
public enum AuditKind {
  // @formatter:off
  CONNECTION_REFUSED("A connection was not served; with `count`, several alike that were not told one by one."),
  SESSION_STARTED("A session has reached ReadyForQuery."),
  SESSION_ENDED("A session whose credential was proved is over."),
  REQUEST("A client sent a statement, a function call or the data of a COPY."),
  BUDGET_EXCEEDED("A limit of the credential, the account or the proxy was reached."),
  CANCEL("A cancel request came in."),
  CREDENTIAL_CREATED("A credential was made."),
  CREDENTIAL_NARROWED("A credential may do less from now on."),
  CREDENTIAL_ROTATED("A credential's secrets were changed."),
  CREDENTIAL_REVOKED("A credential was ended before its time."),
  CREDENTIAL_EXPIRED("A credential's time ran out; noted once, by one of the proxies."),
  ROLE_CHANGED("The Postgres role of a credential was made, changed or ended on a compute."),
  DATABASE_CREATED("A database was made."),
  DATABASE_DROPPED("A database was dropped."),
  DATABASE_RENAMED("A database was given another name."),
  DATABASE_ALTERED("Settings of a database were changed, to these as they were written."),
  DATABASE_RESTORED("A database was made what it was at a checkpoint; restoring `before` undoes it."),
  CHECKPOINT_MADE("A checkpoint was made."),
  CHECKPOINT_DROPPED("A checkpoint was dropped, or expired."),
  DATABASE_EXPIRING("A database is about to expire; noted once for each expiry."),
  DATABASE_ARCHIVED("A database has expired and was archived."),
  DATABASE_UNARCHIVED("A database was taken back from the archive."),
  DATABASE_EXPIRED("An archived database was deleted after its grace time.");
  // @formatter:on

  private final String about;

  AuditKind(String about) {
    this.about = about;
  }

  /** The name in lines, rows and metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What has happened, in a sentence. */
  public String about() {
    return about;
  }
}
