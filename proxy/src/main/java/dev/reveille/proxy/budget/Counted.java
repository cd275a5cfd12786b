package dev.reveille.proxy.budget;

import java.util.Locale;
import java.util.Optional;

/** What is counted of an account in sliding windows, here and by the other proxies. */
enum Counted {
  CREATES_MINUTE, CREATES, WAKES, DROPS, CREDENTIALS;

  SlidingWindow window() {
    return this == CREATES_MINUTE ? SlidingWindow.minute() : SlidingWindow.hour();
  }

  /** As proxies call it among themselves. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Counted> of(String word) {
    for (Counted counted : values()) {
      if (counted.word().equals(word)) {
        return Optional.of(counted);
      }
    }
    return Optional.empty();
  }
}
