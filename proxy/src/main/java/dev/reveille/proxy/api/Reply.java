package dev.reveille.proxy.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an operation answers when it was carried out. {@code location} is of what it has made. */
record Reply(@Nullable Object body, Optional<String> location) {
  static Reply of(Object body) {
    return new Reply(body, Optional.empty());
  }

  static Reply made(Object body, String location) {
    return new Reply(body, Optional.of(location));
  }

  static Reply nothing() {
    return new Reply(null, Optional.empty());
  }
}
