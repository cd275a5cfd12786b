package dev.reveille.cell;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where proxies tell each other what credentials use. Every method blocks, for a short and bounded
 * time, and throws {@link CatalogUnavailableException} when the catalog is gone.
 */
public interface UsageExchange {
  /** A proxy that was not heard of for so long counts as dead: its sessions are over. */
  Duration DEAD_AFTER = Duration.ofSeconds(10);

  /**
   * Makes a proxy known, in place of earlier lives of the same home. If another home's proxy that
   * lives has one of its cells, nothing is done and that cell is returned.
   */
  Optional<CellId> introduce(ProxyLife proxy);

  /**
   * One round trip: says that the proxy lives, writes what it has counted, and answers with what the
   * other proxies have, without the sessions of those that are dead.
   *
   * @param told counts of this proxy; each replaces what it said of that credential before
   * @param asked credentials to answer for
   * @param own those of them for which also what this proxy said before is wanted
   */
  Said exchange(ProxyLife proxy, List<CredentialUsage> told,
      Collection<CredentialId> asked, Collection<CredentialId> own);

  /**
   * What was said, in any order.
   *
   * @param others one for each other proxy and credential
   * @param own what this proxy said before, without sessions
   */
  record Said(List<CredentialUsage> others, List<CredentialUsage> own) {
    public Said {
      others = List.copyOf(others);
      own = List.copyOf(own);
    }
  }

  /** Removes counts that cannot matter any more. */
  void forgetUsage();

  /** Says that the proxy has no sessions and no cells any more. */
  void leave(ProxyLife proxy);
}
