package dev.reveille.proxy.http;

import java.util.List;

/** Asks everything that has to be right for a client to be served. May block for a bounded time. */
public interface Readiness {
  /** One thing that was asked; {@code reason} says what is wrong, or is empty. */
  record Check(String name, boolean ok, String reason) {
    public static Check ok(String name) {
      return new Check(name, true, "");
    }

    public static Check failed(String name, String reason) {
      return new Check(name, false, reason);
    }
  }

  List<Check> checks();
}
