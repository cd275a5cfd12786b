package dev.reveille.proxy.budget;

import dev.reveille.compute.StartRefusal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A budget of an account that is used up, in words that are safe to show to its credentials.
 *
 * @param account its name
 * @param used as text with its unit
 * @param limit as text with its unit
 * @param resets when there will be something left again; empty where no time will bring it
 * @param advice what would help, beside waiting; may be empty
 */
public record AccountSpent(AccountLimit budget, String account, String used, String limit,
    Optional<Instant> resets, String advice) implements StartRefusal {

  /** What happened. */
  public String message() {
    String whose = "account \"" + account + "\" ";
    return whose + switch (budget) {
      case LIVE_DATABASES -> "has as many databases as it may have";
      case CREATES_PER_MINUTE, CREATES_PER_HOUR -> "has created databases too often";
      case WAKES_PER_HOUR -> "has woken databases too often";
      case COMPUTE_SECONDS -> "has used up its compute time of this month";
      case BYTES_STORED -> "stores as many bytes as it may store";
      case SPEND_CAP -> "has reached its spend cap of this month";
      case CHURN_PER_HOUR -> "creates and drops databases too quickly";
    };
  }

  /** Which limit, its value, and when it resets. */
  public String detail() {
    return "The budget is " + budget.word() + ": " + used + " of " + limit + " used."
        + resets.map(at -> " It resets at " + wholeSecond(at) + ".")
            .orElse(" It does not reset by itself.");
  }

  /** The next step. */
  public String hint() {
    String own = switch (budget) {
      case LIVE_DATABASES -> "Drop databases that are not needed, or let them expire (ttl).";
      case CREATES_PER_MINUTE -> "Wait, or use a database again instead of making one.";
      case CREATES_PER_HOUR -> "Use databases again instead of making new ones, or wait.";
      case WAKES_PER_HOUR -> "Use databases that are awake, set a longer suspend_after, or wait.";
      case COMPUTE_SECONDS, SPEND_CAP -> "What is stored stays. It can be used again after the "
          + "reset.";
      case BYTES_STORED -> "Drop databases and checkpoints that are not needed.";
      case CHURN_PER_HOUR -> "Use a database again instead of dropping it and making another.";
    };
    return own + (advice.isEmpty() ? "" : " " + advice) + " An operator raises it with: "
        + "reveille account set " + account + (budget == AccountLimit.SPEND_CAP
            ? " --spend-cap AMOUNT"
            : " --limit " + budget.key() + "=NUMBER");
  }

  @Override
  public Instant again() {
    return resets.orElse(Instant.MAX);
  }

  /** Never too early. */
  private static Instant wholeSecond(Instant at) {
    return at.plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
  }
}
