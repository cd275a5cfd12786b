package dev.reveille.proxy.api;

import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiKeyId;
import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.AuditEntry;
import dev.reveille.cell.AuditTable;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongSupplier;

/** An API on nothing but memory. */
final class Given {
  static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private Given() {
  }

  static Api api(List<Operation> more) {
    return api(more, new MemoryKeys(), () -> 0L, 600);
  }

  /** What there is, and more. */
  static Api api(List<Operation> more, ApiKeyTable keys, LongSupplier nanoTime, int perMinute) {
    List<Operation> operations = new ArrayList<>(Operations.of(() -> {
      throw new IllegalStateException("no databases");
    }, () -> {
      throw new IllegalStateException("no credentials");
    }, () -> {
      throw new IllegalStateException("no usage");
    }, NO_EVENTS));
    operations.addAll(more);
    Gate gate = new Gate(keys,
        new BadSecretLimiter(BadSecretLimiter.Settings.DEFAULT, nanoTime),
        InstantSource.fixed(NOW));
    return new Api(gate, new KeyLimits(perMinute, nanoTime), keys, new Random(7),
        InstantSource.fixed(NOW), operations);
  }

  static ApiRequest request(Map<String, String> headers, String body) {
    return new ApiRequest() {
      @Override
      public InetAddress client() {
        return InetAddress.getLoopbackAddress();
      }

      @Override
      public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
      }

      @Override
      public Map<String, String> path() {
        return Map.of();
      }

      @Override
      public Map<String, List<String>> query() {
        return Map.of();
      }

      @Override
      public byte[] body(int most) {
        byte[] all = body.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(all, Math.min(all.length, most + 1));
      }
    };
  }

  private static final AuditTable NO_EVENTS = new AuditTable() {
    @Override
    public void record(List<AuditEntry> entries) {
    }

    @Override
    public List<AuditEntry> entries(Optional<String> credential, Instant since, int limit) {
      return List.of();
    }

    @Override
    public List<Event> events(AccountId account, OptionalLong before, int limit) {
      return List.of();
    }

    @Override
    public List<AuditEntry> recordExpired(Instant since, Instant now, String instance,
        int limit) {
      return List.of();
    }

    @Override
    public int forgetEntries(Instant before, int limit) {
      return 0;
    }
  };

  /** The table of keys in memory, for one thread. */
  static final class MemoryKeys implements ApiKeyTable {
    final List<ApiKey> keys = new ArrayList<>();
    final Map<String, KeptAnswer> answers = new HashMap<>();

    @Override
    public void create(ApiKey key) {
      keys.add(key);
    }

    @Override
    public Optional<ApiKey> find(String hash) {
      return keys.stream().filter(key -> key.hash().equals(hash)).findFirst();
    }

    @Override
    public List<ApiKey> of(AccountId account) {
      return keys.stream().filter(key -> key.account().equals(account)).toList();
    }

    @Override
    public Optional<ApiKey> revoke(AccountId account, String name) {
      Optional<ApiKey> found = of(account).stream()
          .filter(key -> key.name().equals(name))
          .findFirst();
      found.ifPresent(key -> keys.set(keys.indexOf(key), new ApiKey(key.id(), key.account(), name,
          key.hash(), key.scopes(), key.createdAt(), key.expiresAt(), Optional.of(NOW),
          key.lastUsedAt())));
      return found;
    }

    @Override
    public void noteUse(ApiKeyId key, Instant now) {
    }

    @Override
    public Optional<KeptAnswer> claimAnswer(ApiKeyId key, String idempotencyKey, String request,
        Duration kept, Duration abandoned) {
      return Optional.ofNullable(
          answers.putIfAbsent(idempotencyKey, new KeptAnswer(request, Optional.empty())));
    }

    @Override
    public void keepAnswer(ApiKeyId key, String idempotencyKey, byte[] answer) {
      answers.computeIfPresent(idempotencyKey,
          (same, claim) -> new KeptAnswer(claim.request(), Optional.of(answer)));
    }

    @Override
    public void releaseAnswer(ApiKeyId key, String idempotencyKey) {
      answers.remove(idempotencyKey);
    }
  }
}
