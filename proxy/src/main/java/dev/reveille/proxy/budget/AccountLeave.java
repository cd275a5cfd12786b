package dev.reveille.proxy.budget;

import dev.reveille.compute.StartPermit;
import dev.reveille.compute.StartRefusal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Leave to start a compute on behalf of a credential: its account must have something left, and so must
 * the credential itself. Confined to the lane of one database.
 */
final class AccountLeave implements StartPermit {
  private final AccountLedger accounts;
  private final AccountUse use;
  private final StartPermit credential;
  private @Nullable Instant taken;
  private Optional<AccountSpent> refused = Optional.empty();

  AccountLeave(AccountLedger accounts, AccountUse use, StartPermit credential) {
    this.accounts = accounts;
    this.use = use;
    this.credential = credential;
  }

  @Override
  public boolean take() {
    var now = accounts.now();
    refused = use.wake(now);
    if (refused.isPresent()) {
      accounts.refused(refused.get());
      return false;
    }
    if (!credential.take()) {
      use.notWoken(now);
      return false;
    }
    taken = now;
    accounts.changed(use);
    return true;
  }

  @Override
  public void giveBack() {
    var since = taken;
    taken = null;
    if (since != null) {
      use.notWoken(since);
      accounts.changed(use);
      credential.giveBack();
    }
  }

  @Override
  public Instant again() {
    return refusal().again();
  }

  @Override
  public StartRefusal refusal() {
    return refused.<StartRefusal>map(spent -> spent).orElseGet(credential::refusal);
  }
}
