package dev.reveille.proxy.session;

import dev.reveille.auth.ScramVerifier;
import dev.reveille.auth.Secret;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeTls;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** One account with a database and a credential, as the tests need them. */
public final class Given {
  public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  public static final AccountId ACCOUNT = new AccountId(new UUID(1, 1));
  public static final Secret SECRET = Secret.ofText("wk_correct");
  private static final String VERIFIER = ScramVerifier.of(SECRET, new Random(7)).encoded();

  private Given() {
  }

  public static Credential credential(String name) {
    return new Credential(new CredentialId(new UUID(2, name.hashCode())), name, ACCOUNT,
        List.of(VERIFIER), Mode.DDL, new DatabaseScope.All(), NOW.minusSeconds(60),
        Optional.empty(), false, 100, false, 1);
  }

  static Credential revoked(Credential of) {
    return new Credential(of.id(), of.name(), of.account(), of.verifiers(), of.mode(),
        of.databases(), of.notBefore(), of.expiresAt(), true, of.connectionLimit(),
        of.channelBindingRequired(), of.version() + 1);
  }

  static Credential validity(Credential of, Instant notBefore, Optional<Instant> expiresAt) {
    return new Credential(of.id(), of.name(), of.account(), of.verifiers(), of.mode(),
        of.databases(), notBefore, expiresAt, of.revoked(), of.connectionLimit(),
        of.channelBindingRequired(), of.version() + 1);
  }

  static Credential scoped(Credential of, DatabaseScope scope) {
    return new Credential(of.id(), of.name(), of.account(), of.verifiers(), of.mode(), scope,
        of.notBefore(), of.expiresAt(), of.revoked(), of.connectionLimit(),
        of.channelBindingRequired(), of.version() + 1);
  }

  static Credential limited(Credential of, int connections) {
    return new Credential(of.id(), of.name(), of.account(), of.verifiers(), of.mode(),
        of.databases(), of.notBefore(), of.expiresAt(), of.revoked(), connections,
        of.channelBindingRequired(), of.version() + 1);
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
