package dev.reveille.proxy.session;

import java.util.Locale;

/** How far a connection came before it was refused. */
public enum Layer {
  // @formatter:off
  TCP, TLS, STARTUP, PROOF, ROUTE, ADMISSION, WAKE, COMPUTE;
  // @formatter:on

  /** The name in lines and rows. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
