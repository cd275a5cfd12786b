package dev.reveille.proxy.api;

import dev.reveille.auth.ApiKeySecret;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiScope;
import dev.reveille.proxy.operations.Requester;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who makes a call, after proof.
 *
 * @param key empty for whoever holds the home's control token
 */
public record Caller(Requester requester, Set<ApiScope> scopes, Optional<ProvenKey> key) {

  /** A key that was brought, and what the catalog has of it. */
  record ProvenKey(ApiKey key, ApiKeySecret secret) {
    @Override
    public String toString() {
      return "ProvenKey[" + key.name() + "]";
    }
  }

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  static Caller of(ApiKey key, ApiKeySecret secret) {
    return new Caller(new Requester(key.account(), "key:" + key.name(), true), key.scopes(),
        Optional.of(new ProvenKey(key, secret)));
  }

  /** Whoever holds the control token may do everything in the account that always exists. */
  public static Caller control(AccountId account) {
    return new Caller(Requester.control(account), EnumSet.allOf(ApiScope.class),
        Optional.empty());
  }

  /** Whoever reads what everybody may read. */
  static Caller nobody() {
    return new Caller(new Requester(new AccountId(new UUID(0, 0)), "nobody", true), Set.of(),
        Optional.empty());
  }

  /** Whose limits count. */
  public String name() {
    return key.map(proven -> proven.key().id().toString()).orElse("control");
  }

  /** Refuses a caller without the scope. */
  public void require(ApiScope scope) {
    if (!scopes.contains(scope)) {
      throw ProblemException
          .forbidden("this key may not " + scope.about(),
              "Use a key with the scope " + scope.word()
                  + "; make one with: reveille key create NAME --scopes " + scope.word())
          .with("WWW-Authenticate",
              "Bearer error=\"insufficient_scope\", scope=\"" + scope.word() + "\"");
    }
  }
}
