package dev.reveille.proxy.console;

import dev.reveille.proxy.console.Topics.Topic;
import java.util.Locale;
import java.util.Optional;

/** What is mirrored, and with which topic it is brought up to date. */
enum MirrorTable {
  // @formatter:off
  CHECKPOINTS(Topic.CHECKPOINTS, "id", 2),
  CREDENTIALS(Topic.CREDENTIALS, "name", 0), CELLS(Topic.CELLS), COMPUTES(Topic.COMPUTES),
  SESSIONS(Topic.SESSIONS), EVENTS(Topic.EVENTS), BUDGETS(Topic.BUDGETS), USAGE(Topic.USAGE),
  ACCOUNT(Topic.USAGE), HELP(Topic.HELP),
  POOLS(Topic.SESSIONS), CLIENTS(Topic.SESSIONS), SERVERS(Topic.SESSIONS), STATS(Topic.SESSIONS),
  VERSION(Topic.HELP);
  // @formatter:on

  private final Topic topic;
  private final Optional<String> key;
  private final int keyAt;

  MirrorTable(Topic topic) {
    this.topic = topic;
    this.key = Optional.empty();
    this.keyAt = -1;
  }

  MirrorTable(Topic topic, String key, int keyAt) {
    this.topic = topic;
    this.key = Optional.of(key);
    this.keyAt = keyAt;
  }

  Topic topic() {
    return topic;
  }

  String sqlName() {
    return "reveille." + name().toLowerCase(Locale.ROOT);
  }

  /** The column by which single rows are replaced; without one all are, which are few. */
  Optional<String> key() {
    return key;
  }

  /** Where that column is. */
  int keyAt() {
    return keyAt;
  }
}
