package dev.reveille.proxy.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The place where a list goes on, as a text that clients give back unread. */
final class Cursor {
  private Cursor() {
  }

  static String of(String place) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  static String open(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("the cursor is none that was given out",
          List.of(new Problem.Fault("cursor", "is none that was given out")));
    }
  }

  /** A part of a list that is in the order of {@code place}, and where the next begins. */
  record Part<T>(List<T> items, Optional<String> next) {}

  static <T> Part<T> part(List<T> sorted, Function<T, String> place, Optional<String> after,
      int limit) {
    List<T> rest = sorted.stream()
        .filter(item -> after.isEmpty() || place.apply(item).compareTo(after.get()) > 0)
        .limit(limit + 1L)
        .toList();
    return rest.size() > limit
        ? new Part<>(rest.subList(0, limit),
            Optional.of(of(place.apply(rest.get(limit - 1)))))
        : new Part<>(rest, Optional.empty());
  }
}
