package dev.reveille.proxy.audit;

import java.util.Locale;

/** What became of a credential's role on a compute. */
public enum RoleChange {
  MADE, CHANGED, ENDED;

  /** The name in lines and rows. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
