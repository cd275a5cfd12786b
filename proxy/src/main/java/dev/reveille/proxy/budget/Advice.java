package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.DatabaseUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What would help somebody who is refused: databases by name. Asks the catalog; so it blocks. */
record Advice(AccountUsageTable catalog) {
  private static final int NAMES = 3;

  AccountSpent on(AccountId account, AccountSpent spent, Instant now) {
    try {
      var text = switch (spent.budget()) {
        case LIVE_DATABASES -> named("Longest unused: ",
            catalog.idlest(account, Months.of(now), NAMES),
            database -> ago(Duration.between(database.usedAt(), now)));
        case BYTES_STORED -> named("Largest: ",
            catalog.usage(account, Months.of(now), 1000)
                .stream()
                .sorted((one, other) -> Long.compare(other.bytes(), one.bytes()))
                .limit(NAMES)
                .toList(),
            database -> database.bytes() + " bytes");
        case COMPUTE_SECONDS, SPEND_CAP -> named("Most computing: ",
            catalog.usage(account, Months.of(now), NAMES),
            database -> database.computeMillis() / 1000 + " s");
        case CREATES_PER_MINUTE, CREATES_PER_HOUR, WAKES_PER_HOUR, CHURN_PER_HOUR -> "";
      };
      return new AccountSpent(spent.budget(), spent.account(), spent.used(), spent.limit(),
          spent.resets(), text);
    } catch (CatalogException e) {
      return spent;
    }
  }

  private static String named(String label, List<DatabaseUsage> databases,
      Function<DatabaseUsage, String> figure) {
    return databases.isEmpty()
        ? ""
        : databases.stream()
            .map(database -> "\"" + database.name() + "\" (" + figure.apply(database) + ")")
            .collect(Collectors.joining(", ", label, "."));
  }

  /** As exact as it has to be. */
  static String ago(Duration time) {
    if (time.toDays() > 1) {
      return time.toDays() + " days";
    }
    return time.toHours() > 1 ? time.toHours() + " h" : Math.max(0, time.toMinutes()) + " min";
  }
}
