package dev.reveille.proxy.session;

import dev.reveille.cell.CredentialId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many sessions each credential has on this proxy. Safe from any thread. */
public final class Seats {
  private final ConcurrentMap<CredentialId, Integer> taken = new ConcurrentHashMap<>();

  /** Takes one more seat unless {@code limit} of them are taken. */
  public boolean take(CredentialId credential, int limit) {
    var before = new int[1];
    taken.compute(credential, (id, count) -> {
      before[0] = count == null ? 0 : count;
      return before[0] < limit ? Integer.valueOf(before[0] + 1) : count;
    });
    return before[0] < limit;
  }

  /** Gives one seat back. */
  public void leave(CredentialId credential) {
    taken.computeIfPresent(credential, (id, count) -> count == 1 ? null : count - 1);
  }

  /** How many are taken in all. */
  public int taken() {
    return taken.values().stream().mapToInt(Integer::intValue).sum();
  }
}
