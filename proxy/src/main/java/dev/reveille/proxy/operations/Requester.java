package dev.reveille.proxy.operations;

import dev.reveille.cell.AccountId;

/**
 * For whom something is done to the databases of an account.
 *
 * @param name for the audit: a credential's, a key's, or {@code control}
 * @param agent whether what it makes has the lifetimes of agents unless it says otherwise
 */
public record Requester(AccountId account, String name, boolean agent) {
  private static final String CONTROL = "control";

  /** Whoever holds the control token: the operator of this process. */
  public static Requester control(AccountId account) {
    return new Requester(account, CONTROL, false);
  }
}
