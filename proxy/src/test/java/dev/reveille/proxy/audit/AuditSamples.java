package dev.reveille.proxy.audit;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Lifetime;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.RoleListener;
import dev.reveille.proxy.audit.AuditEvent.DatabaseChanged;
import dev.reveille.proxy.session.Layer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One event of each kind. */
final class AuditSamples {
  static final InetAddress HERE = InetAddress.getLoopbackAddress();
  static final AccountId ACCOUNT = AccountId.random();
  static final DatabaseId DATABASE = DatabaseId.random();
  static final Subject SESSION = new Subject(Optional.of(ACCOUNT), Optional.of(DATABASE),
      Optional.of("shop"), Optional.of("a_one"), OptionalLong.of(12));
  private static final Instant THEN = Instant.parse("2030-01-01T00:00:00Z");

  private static final Route ROUTE = new Route(DATABASE, ACCOUNT, "shop", new CellId("a"),
      StorageId.random(), DatabaseSettings.DEFAULTS, Lifetime.until(THEN), 1);

  private AuditSamples() {
  }

  static AuditEvent.ConnectionRefused refused(String claimed) {
    return refused(HERE, claimed);
  }

  static AuditEvent.ConnectionRefused refused(InetAddress client, String claimed) {
    return new AuditEvent.ConnectionRefused(Subject.NONE, Layer.PROOF, "28P01", "unproven",
        Optional.of(client), Optional.of(claimed), 1);
  }

  static AuditEvent.Request request(String text) {
    return new AuditEvent.Request(SESSION, "query", Optional.of("00"), text.length(),
        Optional.of(text));
  }

  static AuditEvent.CredentialRevoked revoked(String name) {
    return new AuditEvent.CredentialRevoked(ACCOUNT, name, "control");
  }

  static List<AuditEvent> all() {
    return List.of(refused("a_none"),
        new AuditEvent.SessionStarted(SESSION, HERE, Optional.of("TLSv1.3"), "scram-sha-256",
            OptionalInt.of(77), true, Duration.ofMillis(2), Duration.ofMillis(30),
            Duration.ofMillis(40)),
        new AuditEvent.SessionEnded(SESSION, HERE, "client_left", true, 10, 20, 3,
            Duration.ofSeconds(1)),
        request("select 1"),
        new AuditEvent.BudgetExceeded(SESSION, "connections", "5", Optional.of(HERE), 1),
        new AuditEvent.Cancel(Subject.NONE, Optional.of(HERE), "delivered", OptionalInt.of(77), 1),
        new AuditEvent.CredentialCreated(ACCOUNT, "a_one", CredentialKind.AGENT, Mode.RW, THEN,
            Optional.of("a_parent"), "control"),
        new AuditEvent.CredentialNarrowed(ACCOUNT, "a_one", Mode.RO, THEN, "a_parent"),
        new AuditEvent.CredentialRotated(ACCOUNT, "a_one", 2, "control"), revoked("a_one"),
        new AuditEvent.CredentialExpired(ACCOUNT, "a_one", THEN),
        new AuditEvent.RoleChanged(SESSION, RoleListener.Change.MADE),
        new AuditEvent.DatabaseCreated(ACCOUNT, DATABASE, "shop", "control"),
        new AuditEvent.DatabaseDropped(ACCOUNT, DATABASE, "shop", "control"),
        DatabaseChanged.renamed(ROUTE, "store", "control"),
        DatabaseChanged.altered(ROUTE, Map.of("ttl", "2 h"), "control"),
        DatabaseChanged.restored(ROUTE, "cp", "before-restore-1", "control"),
        DatabaseChanged.checkpointMade(ROUTE, "cp", CheckpointKind.NAMED, "control"),
        DatabaseChanged.checkpointDropped(new Checkpoint(CheckpointId.random(), ACCOUNT, DATABASE,
            "shop", "cp", ROUTE.homeCell(), StorageId.random(), CheckpointKind.NAMED, "control",
            THEN, Optional.empty(), 1), "reaper"),
        DatabaseChanged.expiring(ROUTE, "ttl", "reaper"),
        DatabaseChanged.archived(ROUTE, "reaper"), DatabaseChanged.unarchived(ROUTE, "control"),
        DatabaseChanged.expired(ROUTE, "reaper"));
  }
}
