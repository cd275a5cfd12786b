package dev.reveille.proxy.budget;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * What usage costs, in millionths of a currency.
 *
 * @param computeHour an hour that a compute runs
 * @param gbMonth a GB (2^30 bytes) stored for a month of 730 hours
 * @param thousandWakes a thousand computes started
 * @param currency as it is shown
 */
public record Prices(long computeHour, long gbMonth, long thousandWakes, String currency) {
  private static final int DECIMALS = 6;
  private static final long MILLIS_OF_AN_HOUR = 3_600_000;
  private static final long KIB_SECONDS_OF_A_GB_MONTH = 1024L * 1024 * 730 * 3600;

  /** Millionths for this usage; each part is rounded down. */
  public long spent(long computeMillis, long kibSeconds, long wakes) {
    return part(computeMillis, computeHour, MILLIS_OF_AN_HOUR)
        + part(kibSeconds, gbMonth, KIB_SECONDS_OF_A_GB_MONTH)
        + part(wakes, thousandWakes, 1000);
  }

  private static long part(long amount, long price, long unit) {
    return BigInteger.valueOf(amount)
        .multiply(BigInteger.valueOf(price))
        .divide(BigInteger.valueOf(unit))
        .min(BigInteger.valueOf(Long.MAX_VALUE / 4))
        .longValueExact();
  }

  /** As decimal text, with at least two decimals. */
  public static String text(long micros) {
    BigDecimal amount = BigDecimal.valueOf(micros, DECIMALS).stripTrailingZeros();
    return amount.setScale(Math.max(2, amount.scale())).toPlainString();
  }

  /** Millionths of what a decimal text says; throws {@link IllegalArgumentException}. */
  public static long micros(String text) {
    try {
      long micros = new BigDecimal(text).movePointRight(DECIMALS).longValueExact();
      if (micros >= 0) {
        return micros;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("is not an amount such as 0.05, with at most 6 decimals",
          e);
    }
    throw new IllegalArgumentException("is below 0");
  }
}
