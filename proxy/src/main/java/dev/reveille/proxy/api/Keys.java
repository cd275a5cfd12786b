package dev.reveille.proxy.api;

import dev.reveille.auth.ApiKeySecret;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiKeyId;
import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.ApiScope;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.NameTakenException;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import dev.reveille.proxy.operations.Requester;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What can be done to keys of the API. Every method blocks; all throw {@link OperationFailure}. Of a
 * key only its hash is kept: the text is shown once.
 */
public final class Keys {
  private static final Duration USUAL = Duration.ofDays(90);
  private static final Duration LONGEST = Duration.ofDays(366);

  private final ApiKeyTable table;
  private final RandomGenerator random;
  private final InstantSource clock;

  public Keys(ApiKeyTable table, RandomGenerator random, InstantSource clock) {
    this.table = table;
    this.random = random;
    this.clock = clock;
  }

  /** Makes a key; {@code scopes} are words such as {@code databases:read}. */
  public KeyView create(Requester who, String name, List<String> scopes, Optional<Duration> ttl) {
    if (!ApiKey.validName(name)) {
      throw new OperationFailure(Kind.INVALID,
          "a key's name is 1 to 63 of a-z, 0-9, '_' and '-', not \"" + name + "\"", "");
    }
    Duration life = ttl.orElse(USUAL);
    if (!life.isPositive() || life.compareTo(LONGEST) > 0) {
      throw new OperationFailure(Kind.INVALID, "a key lives for at most 366d",
          "Ask for a shorter --ttl.");
    }
    Set<ApiScope> allowed = scopes(scopes);
    return answered(() -> {
      ApiKeySecret secret = ApiKeySecret.generate(random);
      Instant now = now();
      ApiKey key = new ApiKey(ApiKeyId.random(), who.account(), name, secret.hash(), allowed, now,
          now.plus(life), Optional.empty(), Optional.empty());
      table.create(key);
      return KeyView.of(key, now).with(secret.reveal());
    });
  }

  /** The account's keys by name, expired and revoked ones included. */
  public List<KeyView> list(Requester who) {
    return answered(() -> table.of(who.account())
        .stream()
        .map(key -> KeyView.of(key, now()))
        .toList());
  }

  /** Ends a key for good. */
  public String revoke(Requester who, String name) {
    return answered(() -> table.revoke(who.account(), name)
        .map(key -> "\"" + name + "\" is revoked")
        .orElseThrow(() -> new OperationFailure(Kind.NOT_FOUND,
            "API key \"" + name + "\" does not exist",
            "See which there are with: reveille key list")));
  }

  private static Set<ApiScope> scopes(List<String> words) {
    if (words.isEmpty()) {
      throw new OperationFailure(Kind.INVALID, "say what the key may do", "Scopes are " + all());
    }
    Set<ApiScope> scopes = EnumSet.noneOf(ApiScope.class);
    for (String word : words) {
      scopes.add(ApiScope.ofWord(word)
          .orElseThrow(() -> new OperationFailure(Kind.INVALID,
              "there is no scope \"" + word + "\"", "Scopes are " + all())));
    }
    return scopes;
  }

  private static String all() {
    return Arrays.stream(ApiScope.values())
        .map(ApiScope::word)
        .collect(Collectors.joining(", "));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static <T> T answered(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (NameTakenException e) {
      throw new OperationFailure(Kind.EXISTS, String.valueOf(e.getMessage()),
          "Choose another name; that of a revoked key is not given again.");
    } catch (CatalogException e) {
      throw new OperationFailure(Kind.UNAVAILABLE, String.valueOf(e.getMessage()),
          "It is safe to try again.");
    }
  }
}
