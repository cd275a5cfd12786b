package dev.reveille.proxy.budget;

import java.util.Locale;

/** What a credential has a limited amount of, counted over all proxies. */
public enum Budget {
  /** Sessions at one time. */
  CONNECTIONS("connections of the credential"),
  /** Sessions begun in a minute. */
  CONNECTS("connects_per_minute"),
  /** Computes started in an hour. */
  WAKES("wakes_per_hour"),
  /** Bytes sent to clients on a day of UTC. */
  BYTES("bytes_out_per_day");

  private final String words;

  Budget(String words) {
    this.words = words;
  }

  /** A word for logs and metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As it is called where a client reads of it. */
  public String words() {
    return words;
  }
}
