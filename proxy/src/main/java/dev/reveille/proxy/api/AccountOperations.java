package dev.reveille.proxy.api;

import dev.reveille.cell.ApiScope;
import dev.reveille.cell.AuditTable;
import dev.reveille.proxy.api.AccountBodies.Budget;
import dev.reveille.proxy.api.AccountBodies.BudgetList;
import dev.reveille.proxy.api.AccountBodies.DatabaseUsage;
import dev.reveille.proxy.api.AccountBodies.Event;
import dev.reveille.proxy.api.AccountBodies.EventPage;
import dev.reveille.proxy.api.AccountBodies.Plan;
import dev.reveille.proxy.api.AccountBodies.PlanList;
import dev.reveille.proxy.budget.UsageView;
import dev.reveille.proxy.operations.Usage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What the API tells of the account itself. */
final class AccountOperations {
  private final Supplier<Usage> accounts;
  private final AuditTable audit;

  AccountOperations(Supplier<Usage> accounts, AuditTable audit) {
    this.accounts = accounts;
    this.audit = audit;
  }

  List<Operation> all() {
    return List.of(
        Operation.get("/v1/plans", "listPlans", "What can be provisioned, with limits and prices")
            .needs(ApiScope.DATABASES_READ)
            .answers(PlanList.class)
            .by(this::plans),
        Operation.get("/v1/usage", "getUsage", "What the account has used this month")
            .needs(ApiScope.USAGE_READ)
            .answers(AccountBodies.Usage.class)
            .by(this::usage),
        Operation.get("/v1/budgets", "listBudgets", "What the account may still use")
            .needs(ApiScope.USAGE_READ)
            .answers(BudgetList.class)
            .by(this::budgets),
        Operation.get("/v1/events", "listEvents", "What happened in the account")
            .needs(ApiScope.USAGE_READ)
            .takes(Parameter.LIMIT, Parameter.CURSOR)
            .answers(EventPage.class)
            .by(this::events));
  }

  private Reply plans(Call call) {
    return Reply.of(new PlanList(accounts.get()
        .plans()
        .stream()
        .map(plan -> new Plan(plan.name(), plan.limits(), plan.prices(), plan.currency()))
        .toList()));
  }

  private Reply usage(Call call) {
    UsageView usage = accounts.get().usage(call.caller().requester().account());
    return Reply.of(new AccountBodies.Usage(usage.plan(), usage.since(), usage.until(),
        usage.computeSeconds(),
        usage.wakes(), usage.bytes(), usage.gbHours(), usage.cost(), usage.currency(),
        usage.databases()
            .stream()
            .map(one -> new DatabaseUsage(one.name(), one.id(), one.computeSeconds(), one.bytes(),
                one.dropped()))
            .toList()));
  }

  private Reply budgets(Call call) {
    return Reply.of(new BudgetList(accounts.get()
        .budgets(call.caller().requester().account())
        .stream()
        .map(one -> new Budget(one.name(), one.used(), one.limit().orElse(null), one.unit(),
            one.resetsAt().orElse(null)))
        .toList()));
  }

  private Reply events(Call call) {
    OptionalLong before = call.cursor()
        .map(AccountOperations::place)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
    List<AuditTable.Event> found = audit.events(call.caller().requester().account(), before,
        call.limit() + 1);
    boolean more = found.size() > call.limit();
    List<AuditTable.Event> page = more ? found.subList(0, call.limit()) : found;
    Optional<String> next = more
        ? Optional.of(Cursor.of(String.valueOf(page.getLast().id())))
        : Optional.empty();
    return Reply.of(new EventPage(page.stream()
        .map(event -> new Event(String.valueOf(event.id()), event.entry().at(),
            event.entry().kind(), event.entry().database().orElse(null),
            event.entry().credential().orElse(null), event.entry().details()))
        .toList(), next.orElse(null)));
  }

  private static long place(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw ProblemException.invalid("the cursor is none that was given out",
          List.of(new Problem.Fault("cursor", "is none that was given out")));
    }
    return Long.parseLong(text);
  }
}
