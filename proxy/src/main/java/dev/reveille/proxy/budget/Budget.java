package dev.reveille.proxy.budget;

/** What a credential has a limited amount of, counted over all proxies. */
public enum Budget {
  /** Sessions at one time. */
  CONNECTIONS("connections of the credential"),
  /** Sessions begun in a minute. */
  CONNECTS("connects per minute"),
  /** Computes started in an hour. */
  WAKES("wakes per hour"),
  /** Bytes sent to clients on a day of UTC. */
  BYTES("bytes out per day");

  private final String words;

  Budget(String words) {
    this.words = words;
  }

  /** As it is called where a client reads of it. */
  public String words() {
    return words;
  }
}
