package dev.reveille.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that goes only when told to. */
final class TestClock implements InstantSource {
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }
}
