package dev.reveille.proxy.budget;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/** Months of UTC, numbered since 1970. */
final class Months {
  private static final long JANUARY_1970 = YearMonth.of(1970, 1)
      .getLong(ChronoField.PROLEPTIC_MONTH);

  private Months() {
  }

  static int of(Instant now) {
    long month = YearMonth.from(now.atOffset(ZoneOffset.UTC)).getLong(ChronoField.PROLEPTIC_MONTH);
    return Math.toIntExact(month - JANUARY_1970);
  }

  static Instant begin(int month) {
    return YearMonth.of(1970, 1)
        .plusMonths(month)
        .atDay(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }
}
