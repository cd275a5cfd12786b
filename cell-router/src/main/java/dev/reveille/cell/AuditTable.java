package dev.reveille.cell;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What has happened, in the catalog. Every method blocks, for a short and bounded time, and throws
 * {@link CatalogUnavailableException} when the catalog is gone.
 */
public interface AuditTable {

  /** Keeps entries. What an instance has recorded under the same number already is left alone. */
  void record(List<AuditEntry> entries);

  /**
   * The newest entries first, at most {@code limit}.
   *
   * @param credential only entries of the credential with this name
   */
  List<AuditEntry> entries(Optional<String> credential, Instant since, int limit);

  /** An entry and its place: a higher number was written later. */
  record Event(long id, AuditEntry entry) {}

  /**
   * An account's newest entries first, at most {@code limit}, those with an id below {@code before}
   * alone if that is given.
   */
  List<Event> events(AccountId account, OptionalLong before, int limit);

  /**
   * Records a {@code credential_expired} for each credential that expired after {@code since} and by
   * {@code now}, unless any proxy has done so: once for each, whoever asks how often. Revoked ones
   * are left out.
   *
   * @return the entries that were recorded by this call, at most {@code limit}
   */
  List<AuditEntry> recordExpired(Instant since, Instant now, String instance, int limit);

  /** Removes the oldest entries from before {@code before}, at most {@code limit}; tells how many. */
  int forgetEntries(Instant before, int limit);
}
