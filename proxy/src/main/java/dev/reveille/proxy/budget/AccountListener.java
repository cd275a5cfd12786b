package dev.reveille.proxy.budget;

import java.time.Duration;

/** Told what budgets do. Any thread; must not block. */
public interface AccountListener {
  /** Something was refused. */
  void refused(AccountLimit budget);

  /** Something has to wait because of churn. */
  void slowed(Duration wait);

  /** Nobody listens. */
  AccountListener NOBODY = new AccountListener() {
    @Override
    public void refused(AccountLimit budget) {
    }

    @Override
    public void slowed(Duration wait) {
    }
  };
}
