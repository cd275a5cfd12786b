package dev.reveille.proxy.cli;

import tools.jackson.databind.JsonNode;

/** How accounts are printed for people. */
final class AccountText {
  private AccountText() {
  }

  static String all(JsonNode account) {
    JsonNode usage = account.path("usage");
    StringBuilder out = new StringBuilder();
    out.append("account  ").append(account.path("name").asString()).append('\n');
    out.append("plan     ").append(usage.path("plan").asString()).append('\n');
    out.append("since    ").append(usage.path("since").asString()).append('\n');
    out.append("cost     ")
        .append(usage.path("cost").asString())
        .append(' ')
        .append(usage.path("currency").asString())
        .append("\n\n");
    Table budgets = new Table("BUDGET", "USED", "LIMIT", "UNIT", "RESETS");
    for (JsonNode budget : account.path("budgets")) {
      budgets.row(budget.path("name").asString(), budget.path("used").asString(),
          budget.path("limit").asString("-"), budget.path("unit").asString(),
          budget.path("resetsAt").asString("-"));
    }
    Table databases = new Table("DATABASE", "COMPUTE SECONDS", "BYTES", "");
    for (JsonNode database : usage.path("databases")) {
      databases.row(database.path("name").asString(),
          database.path("computeSeconds").asString(), database.path("bytes").asString(),
          database.path("dropped").asBoolean() ? "dropped" : "");
    }
    return out.append(budgets.text()).append('\n').append(databases.text()).toString();
  }

  static String plans(JsonNode plans) {
    Table table = new Table("PLAN", "WHAT", "VALUE");
    for (JsonNode plan : plans) {
      String name = plan.path("name").asString();
      plan.path("limits")
          .properties()
          .forEach(limit -> table.row(name, limit.getKey(), limit.getValue().asString()));
      plan.path("prices")
          .properties()
          .forEach(price -> table.row(name, "price of " + price.getKey().replace('_', ' '),
              price.getValue().asString() + " " + plan.path("currency").asString()));
    }
    return table.text();
  }
}
