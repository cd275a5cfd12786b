package dev.reveille.proxy.session;

import dev.reveille.auth.ScramVerifier;
import dev.reveille.auth.Secret;
import dev.reveille.auth.SharedKey;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.AddressRange;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Route;
import dev.reveille.cell.Scope;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeTls;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** One account with a database and a credential, as the tests need them. */
public final class Given {
  public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  public static final AccountId ACCOUNT = new AccountId(new UUID(1, 1));
  public static final Secret SECRET = Secret.ofText("wk_correct");
  public static final SharedKey SHARED_KEY = SharedKey.of(new byte[SharedKey.BYTES]);
  private static final Map<String, String> VERIFIERS = new ConcurrentHashMap<>();

  private Given() {
  }

  public static Credential credential(String name) {
    return new Credential(new CredentialId(new UUID(2, name.hashCode())), name, ACCOUNT,
        Optional.empty(), CredentialKind.APP, List.of(verifier(name)),
        Scope.usual(CredentialKind.APP, new DatabaseScope.All(), Mode.DDL, NOW.minusSeconds(60)),
        false, 1);
  }

  private static String verifier(String name) {
    return VERIFIERS.computeIfAbsent(name,
        given -> ScramVerifier.of(SECRET, given, SHARED_KEY).encoded());
  }

  static Credential revoked(Credential of) {
    return new Credential(of.id(), of.name(), of.account(), of.parent(), of.kind(),
        of.verifiers(), of.scope(), true, of.version() + 1);
  }

  public static Credential validity(Credential of, Instant notBefore, Instant expiresAt) {
    var scope = of.scope();
    return rescoped(of, new Scope(scope.databases(), scope.mode(), scope.objects(), notBefore,
        expiresAt, scope.addresses(), scope.limits(), scope.allowances(),
        scope.channelBindingRequired()));
  }

  static Credential scoped(Credential of, DatabaseScope databases) {
    var scope = of.scope();
    return rescoped(of, new Scope(databases, scope.mode(), scope.objects(), scope.notBefore(),
        scope.expiresAt(), scope.addresses(), scope.limits(), scope.allowances(),
        scope.channelBindingRequired()));
  }

  public static Credential limited(Credential of, int connections) {
    return limited(of, limits(connections, of.scope().limits().connectsPerMinute(),
        of.scope().limits().wakesPerHour()));
  }

  public static Credential limited(Credential of, CredentialLimits limits) {
    var scope = of.scope();
    return rescoped(of, new Scope(scope.databases(), scope.mode(), scope.objects(),
        scope.notBefore(), scope.expiresAt(), scope.addresses(), limits, scope.allowances(),
        scope.channelBindingRequired()));
  }

  /** Those of an application, but for what is admitted. */
  public static CredentialLimits limits(int connections, int connectsPerMinute,
      int wakesPerHour) {
    var app = CredentialLimits.APP;
    return new CredentialLimits(connections, connectsPerMinute, wakesPerHour, app.requestTime(),
        app.idleTime(), app.sessionTime(), app.sessionBytesOut(), app.dailyBytesOut(),
        app.frameBytes());
  }

  static Credential from(Credential of, List<AddressRange> addresses) {
    var scope = of.scope();
    return rescoped(of, new Scope(scope.databases(), scope.mode(), scope.objects(),
        scope.notBefore(), scope.expiresAt(), addresses, scope.limits(), scope.allowances(),
        scope.channelBindingRequired()));
  }

  /** The credential after a change of its scope. */
  public static Credential rescoped(Credential of, Scope scope) {
    return new Credential(of.id(), of.name(), of.account(), of.parent(), of.kind(),
        of.verifiers(), scope, of.revoked(), of.version() + 1);
  }

  public static Route route(String name) {
    return new Route(new DatabaseId(new UUID(3, name.hashCode())), ACCOUNT, name,
        new CellId("c1"), new StorageId(new UUID(4, name.hashCode())), DatabaseSettings.DEFAULTS,
        1);
  }

  static ComputeEndpoint endpoint(Route route, int port, long epoch, int maxConnections) {
    return new ComputeEndpoint(route.database(),
        new ComputeAddress.Tcp("127.0.0.1", port, ComputeTls.DISABLED), epoch, maxConnections);
  }
}
