package dev.reveille.proxy.operations;

import dev.reveille.cell.Account;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CatalogException;
import dev.reveille.proxy.budget.AccountLedger;
import dev.reveille.proxy.budget.AccountLimit;
import dev.reveille.proxy.budget.BudgetView;
import dev.reveille.proxy.budget.PlanView;
import dev.reveille.proxy.budget.Prices;
import dev.reveille.proxy.budget.UsageView;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What accounts may use and have used. Every method blocks and belongs on a virtual thread; all throw
 * {@link OperationFailure}.
 */
public final class Usage {
  private static final int DATABASES = 1000;

  private final AccountUsageTable catalog;
  private final AccountLedger ledger;

  public Usage(AccountUsageTable catalog, AccountLedger ledger) {
    this.catalog = catalog;
    this.ledger = ledger;
  }

  /** What an account has used in this month, and each of its databases. */
  public UsageView usage(AccountId account) {
    return answered(() -> ledger.usage(account, DATABASES));
  }

  /** Each budget of an account, with what is used of it. */
  public List<BudgetView> budgets(AccountId account) {
    return answered(() -> ledger.budgets(account));
  }

  /** The plans that accounts can have, with limits and prices. */
  public List<PlanView> plans() {
    return ledger.plans().views();
  }

  /** All of an account. */
  public AccountView show(String name) {
    return answered(() -> view(account(name)));
  }

  /** Gives an account another plan, cap or limits. Holds for all proxies within seconds. */
  public AccountView set(String name, AccountChange change) {
    return answered(() -> {
      Account account = account(name);
      Account.Terms before = account.terms();
      Account.Terms after = new Account.Terms(
          change.plan().map(this::plan).orElse(before.plan()),
          change.spendCap().map(Usage::cap).orElse(before.spendCapMicros()),
          limits(before.limits(), change.limits()));
      catalog.setTerms(account.id(), after);
      return view(account(name));
    });
  }

  private AccountView view(Account account) {
    List<BudgetView> budgets = ledger.budgets(account.id());
    return new AccountView(account.name(), account.id().toString(),
        account.terms().plan().orElse(""), budgets, ledger.usage(account.id(), DATABASES));
  }

  private Optional<String> plan(String name) {
    if (!ledger.plans().known(name)) {
      throw new OperationFailure(Kind.INVALID, "there is no plan \"" + name + "\"",
          "The plans are: " + String.join(", ", plans().stream().map(PlanView::name).toList())
              + ". Others are made in the configuration: plans.");
    }
    return name.equals(ledger.plans().standard().name()) ? Optional.empty() : Optional.of(name);
  }

  private static Optional<Long> cap(String amount) {
    return amount.equals(AccountChange.DEFAULT)
        ? Optional.empty()
        : Optional.of(micros(amount));
  }

  private static long micros(String amount) {
    try {
      return Prices.micros(amount);
    } catch (IllegalArgumentException e) {
      throw new OperationFailure(Kind.INVALID, "\"" + amount + "\" " + e.getMessage(), "");
    }
  }

  private static Map<String, Long> limits(Map<String, Long> before, Map<String, String> change) {
    Map<String, Long> after = new HashMap<>(before);
    change.forEach((key, value) -> {
      AccountLimit limit = AccountLimit.of(key)
          .filter(one -> one != AccountLimit.SPEND_CAP && one != AccountLimit.CHURN_PER_HOUR)
          .orElseThrow(() -> new OperationFailure(Kind.INVALID,
              "there is no limit \"" + key + "\"",
              "Limits are live-databases, creates-per-minute, creates-per-hour, wakes-per-hour, "
                  + "compute-seconds and bytes-stored."));
      if (value.equals(AccountChange.DEFAULT)) {
        after.remove(limit.word());
      } else {
        after.put(limit.word(), number(key, value));
      }
    });
    return after;
  }

  private static long number(String key, String value) {
    try {
      long number = Long.parseLong(value);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new OperationFailure(Kind.INVALID,
        key + " = \"" + value + "\" is not a whole number of 0 or more", "");
  }

  private Account account(String name) {
    return catalog.account(name)
        .orElseThrow(() -> new OperationFailure(Kind.NOT_FOUND,
            "account \"" + name + "\" does not exist", ""));
  }

  private static <T> T answered(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (CatalogException e) {
      throw new OperationFailure(Kind.UNAVAILABLE,
          Objects.requireNonNullElse(e.getMessage(), "the catalog failed"),
          "It is safe to try again.");
    }
  }
}
