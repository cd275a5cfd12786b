package dev.reveille.proxy.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What calls about the account give. */
public final class AccountBodies {
  private AccountBodies() {
  }

  /** A plan: what can be had, up to what limits, at what price. */
  public record Plan(@Describe("Its name.") String name,
      @Describe("The most of each thing, by the budget's name; missing ones are not limited.") Map<String, String> limits,
      @Describe("Prices in the currency, by the name of what is charged.") Map<String, String> prices,
      @Describe("ISO 4217 code of the currency.") String currency) {}

  /** All plans. */
  public record PlanList(@Describe("In the order of the configuration.") List<Plan> items) {}

  /** What one database has used. */
  public record DatabaseUsage(@Describe("Its name.") String name, @Describe("Its id.") String id,
      @Describe("How long its compute ran.") long computeSeconds,
      @Describe("Bytes on disk when it was last measured.") long bytes,
      @Describe("Whether it is gone.") boolean dropped) {}

  /** What the account has used in this month of UTC. */
  public record Usage(@Describe("The account's plan.") String plan,
      @Describe("Begin of the month.") Instant since, @Describe("End of the month.") Instant until,
      @Describe("How long computes ran.") long computeSeconds,
      @Describe("How often computes were woken.") long wakes,
      @Describe("Bytes on disk when they were last measured.") long bytes,
      @Describe("Bytes over time, in hours of 2^30 bytes.") long gbHours,
      @Describe("What that costs.") String cost,
      @Describe("ISO 4217 code of the currency.") String currency,
      @Describe("The dearest first.") List<DatabaseUsage> databases) {}

  /** One budget of the account. */
  public record Budget(@Describe("Its name.") String name,
      @Describe("How much of it is used, in the unit.") String used,
      @Describe("How much may be used, in the unit; missing if not limited.") @Nullable String limit,
      @Describe("The unit, or a currency.") String unit,
      @Describe("When it begins anew; missing if it does not.") @Nullable Instant resetsAt) {}

  /** All of the account. */
  public record BudgetList(@Describe("By name.") List<Budget> items) {}

  /** Something that happened. */
  public record Event(@Describe("Its place: later ones have higher numbers.") String id,
      @Describe("When.") Instant at, @Describe("What, as one word.") String kind,
      @Describe("The database's name then.") @Nullable String database,
      @Describe("The credential's name.") @Nullable String credential,
      @Describe("Short facts by name.") Map<String, Object> details) {}

  /** A page of them. */
  public record EventPage(@Describe("The newest first.") List<Event> items,
      @Describe("The `cursor` of the next page; missing on the last.") @Nullable String next) {}
}
