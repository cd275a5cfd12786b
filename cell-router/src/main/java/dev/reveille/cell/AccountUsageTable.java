package dev.reveille.cell;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What accounts may use and have used. As {@link Catalog}: every method blocks, for a short and bounded
 * time, and throws {@link CatalogUnavailableException} when the catalog is gone.
 */
public interface AccountUsageTable {

  /**
   * Writes what a proxy has counted, and answers with what the others have and where the accounts
   * stand. What is told can be told again.
   *
   * @param proxy this life of it
   * @param told each replaces what the proxy said of that before
   * @param asked accounts to answer for; one that is unknown is left out
   * @param month of UTC since 1970
   * @param countUpTo how far to count databases; 0 for not at all
   */
  Said exchange(UUID proxy, List<AccountCount> told, Collection<AccountId> asked, int month,
      int countUpTo);

  /**
   * What was said, in any order.
   *
   * @param others counts of the other proxies, and of earlier lives of this one
   * @param own counts that this proxy has said before
   */
  record Said(List<AccountCount> others, List<AccountCount> own,
      List<AccountStanding> standings) {
    public Said {
      others = List.copyOf(others);
      own = List.copyOf(own);
      standings = List.copyOf(standings);
    }
  }

  /** Adds a batch to what was metered, unless this one was added before. */
  void meter(MeterBatch batch);

  /**
   * Records how much each storage of a cell holds. What was recorded for the cell before is charged to
   * the accounts for the time since, by the catalog's clock; so it may be repeated at any time.
   *
   * @param bytes of all that the cell has; what belongs to no account is left out
   * @param month to charge it to
   */
  void measured(CellId cell, Map<StorageId, Long> bytes, int month);

  /** The account of this name. */
  Optional<Account> account(String name);

  /** The account of this id. */
  Optional<Account> account(AccountId account);

  /** All of them, by name. */
  List<Account> accounts();

  /** What is agreed from now on. @throws CatalogException 42704 when there is no such account */
  void setTerms(AccountId account, Account.Terms terms);

  /** Databases that are there or were metered in that month: most computing first, then largest. */
  List<DatabaseUsage> usage(AccountId account, int month, int limit);

  /** Databases that are ready and were longest not connected to. */
  List<DatabaseUsage> idlest(AccountId account, int month, int limit);

  /** Removes counts that cannot matter any more, and months before this one. */
  void forget(int monthsBefore);
}
