package dev.reveille.proxy.budget;

/**
 * A budget of the account is used up: SQLSTATE 53400. All texts are safe to show to whoever asked. Has
 * no stack trace: it is an answer, not a bug.
 */
public final class BudgetExhausted extends RuntimeException {
  private static final long serialVersionUID = 1;
  /** Configuration limit exceeded. */
  public static final String SQL_STATE = "53400";

  private final transient AccountSpent spent;

  public BudgetExhausted(AccountSpent spent) {
    super(spent.message(), null, false, false);
    this.spent = spent;
  }

  /** Which budget, what was used of it, and when there is something left again. */
  public AccountSpent spent() {
    return spent;
  }

  /** Which limit, its value, and when it resets. */
  public String detail() {
    return spent.detail();
  }

  /** The next step. */
  public String hint() {
    return spent.hint();
  }
}
