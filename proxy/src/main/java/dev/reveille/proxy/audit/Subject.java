package dev.reveille.proxy.audit;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.DatabaseId;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an event is about; whatever is not known is empty.
 *
 * @param database the name, as a client asks for it
 * @param credential the name, which is also the role in {@code pg_stat_activity} and Postgres' log
 * @param session its number in this process
 */
public record Subject(Optional<AccountId> account, Optional<DatabaseId> databaseId,
    Optional<String> database, Optional<String> credential, OptionalLong session) {

  /** Nothing is known. */
  public static final Subject NONE = new Subject(Optional.empty(), Optional.empty(),
      Optional.empty(), Optional.empty(), OptionalLong.empty());

  /** A credential, outside of any session. */
  public static Subject credential(AccountId account, String credential) {
    return new Subject(Optional.of(account), Optional.empty(), Optional.empty(),
        Optional.of(credential), OptionalLong.empty());
  }

  /** A database, outside of any session. */
  public static Subject database(AccountId account, DatabaseId id, String name) {
    return new Subject(Optional.of(account), Optional.of(id), Optional.of(name), Optional.empty(),
        OptionalLong.empty());
  }
}
