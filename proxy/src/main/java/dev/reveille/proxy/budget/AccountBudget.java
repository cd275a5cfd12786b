package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountId;
import dev.reveille.compute.StartPermit;
import java.util.List;

/**
 * What an account may still make, over all proxies. Asked before anything is made. Every method may
 * block, for as long as one question to the catalog takes, and longer where churn is slowed down: call
 * them on virtual threads. All throw {@link BudgetExhausted}, which says everything that a client has
 * to know to go on.
 */
public interface AccountBudget {
  /**
   * Leave to make one more database, be it new, a branch, or one that is taken back from an archive.
   *
   * <pre>{@code
   * try (Admission admission = budget.admitCreate(account)) {
   *   ... make it ...
   *   admission.made();
   *   return new Created(view, admission.notices());
   * }
   * }</pre>
   */
  Admission admitCreate(AccountId account);

  /** Leave to keep more bytes, as a checkpoint or a restore does. */
  void admitStorage(AccountId account);

  /**
   * Counts one more credential of the account; making many slows down.
   *
   * @return what to tell whoever asked, of a wait that was imposed
   */
  List<String> admitCredential(AccountId account);

  /** Leave to start computes on behalf of somebody who needs none but the account's. Does not block. */
  StartPermit starts(AccountId account);

  /** A database of the account was dropped by its owner, not by its expiry. Does not block. */
  void dropped(AccountId account);

  /** Leave to make one database, until {@link #close}. */
  interface Admission extends AutoCloseable {
    /** What to tell whoever asked, such as a wait that was imposed. */
    List<String> notices();

    /** The database is ready: from here on it counts as one that lives. */
    void made();

    /** Gives the leave back, unless something was made with it. Idempotent. */
    @Override
    void close();
  }

  /** Without any limit. */
  AccountBudget UNLIMITED = new AccountBudget() {
    @Override
    public Admission admitCreate(AccountId account) {
      return new Admission() {
        @Override
        public List<String> notices() {
          return List.of();
        }

        @Override
        public void made() {
        }

        @Override
        public void close() {
        }
      };
    }

    @Override
    public void admitStorage(AccountId account) {
    }

    @Override
    public List<String> admitCredential(AccountId account) {
      return List.of();
    }

    @Override
    public StartPermit starts(AccountId account) {
      return StartPermit.ALWAYS;
    }

    @Override
    public void dropped(AccountId account) {
    }
  };
}
