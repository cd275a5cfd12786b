package dev.reveille.cell;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keys of the HTTP API, and the sealed answers that are given again for the same idempotency key.
 * Every method blocks, for a short and bounded time, and throws {@link CatalogUnavailableException}
 * when the catalog is gone.
 */
public interface ApiKeyTable {

  /**
   * Records a key.
   *
   * @throws NameTakenException when a key of the account has that name, revoked or not
   */
  void create(ApiKey key);

  /** The key whose text has this SHA-256 (hex), in whatever state it is. */
  Optional<ApiKey> find(String hash);

  /** The account's keys, by name, expired and revoked ones included. */
  List<ApiKey> of(AccountId account);

  /** Revokes a key for good; empty when the account has none of that name. */
  Optional<ApiKey> revoke(AccountId account, String name);

  /** Notes that a key was used at {@code now}; never moves the time back. */
  void noteUse(ApiKeyId key, Instant now);

  /** What is known of an idempotency key: what was asked (SHA-256, hex) and, once given, the answer. */
  record KeptAnswer(String request, Optional<byte[]> answer) {}

  /**
   * Claims an idempotency key: empty for whoever is first, what is known for everybody after. Claims
   * older than {@code kept}, and those without an answer older than {@code abandoned}, are forgotten
   * first.
   */
  Optional<KeptAnswer> claimAnswer(ApiKeyId key, String idempotencyKey, String request,
      Duration kept, Duration abandoned);

  /** Keeps the sealed answer of a claim. */
  void keepAnswer(ApiKeyId key, String idempotencyKey, byte[] answer);

  /** Gives a claim up, because the call was not carried out. */
  void releaseAnswer(ApiKeyId key, String idempotencyKey);
}
