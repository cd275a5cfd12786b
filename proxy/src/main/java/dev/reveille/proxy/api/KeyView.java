package dev.reveille.proxy.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiScope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One key for people and programs to read; its text only in the answer to the call that made it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyView(String name, String id, String state, List<String> scopes,
    @JsonProperty("created_at") Instant createdAt, @JsonProperty("expires_at") Instant expiresAt,
    @JsonProperty("last_used_at") @Nullable Instant lastUsedAt,
    @JsonProperty("key") @Nullable String secret) {

  static KeyView of(ApiKey key, Instant now) {
    return new KeyView(key.name(), key.id().toString(),
        key.revokedAt().isPresent() ? "revoked" : key.live(now) ? "live" : "expired",
        key.scopes().stream().sorted().map(ApiScope::word).toList(), key.createdAt(),
        key.expiresAt(), key.lastUsedAt().orElse(null), null);
  }

  KeyView with(String shown) {
    return new KeyView(name, id, state, scopes, createdAt, expiresAt, lastUsedAt, shown);
  }

  @Override
  public String toString() {
    return "KeyView[" + name + "]";
  }
}
