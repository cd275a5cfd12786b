package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Roles of credentials that ended go from what runs at once, and from what slept after its wake. */
class SweptRolesTest {
  private LocalCell cell;
  private ComputeSupervisor computes;
  private Route route;

  @BeforeEach
  void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    computes = cell.supervisor();
    PreparedStorage prepared = await(computes.takePrepared(LocalCell.ID));
    route = LocalCell.route("shop", prepared.storage());
    await(computes.name(prepared, route, LocalCell.ddl()));
  }

  @AfterEach
  void close() throws Exception {
    computes.close();
    cell.close();
  }

  private ComputeEndpoint awake() {
    Wake wake = computes.wake(route);
    WakeOutcome outcome = await(wake.outcome());
    wake.abandon();
    return ((WakeOutcome.Ready) outcome).endpoint();
  }

  private void logIn(String name) {
    await(computes.login(route, awake(),
        new LoginRole(name, Mode.RO, new ObjectScope.All(), 1, 5)));
  }

  private Set<String> roles() throws IOException {
    try (AdminConnection admin = AdminConnection.open(
        ((ComputeAddress.UnixSocket) awake().address()).socket(), RoleNames.ADMIN, "postgres",
        Duration.ofSeconds(20))) {
      return admin.query("SELECT rolname FROM pg_roles WHERE rolname LIKE 'a\\_%'")
          .stream()
          .map(row -> String.valueOf(row.getFirst()))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void whatRunsIsSweptWhenItIsAsked() {
    logIn("a_ended");
    logIn("a_live");

    computes.endRoles((database, role) -> CompletableFuture
        .completedFuture(database.equals(route.database()) && role.equals("a_ended")));

    Awaitility.await()
        .untilAsserted(() -> assertThat(roles()).containsExactlyInAnyOrder("a_live", "a_ddl"));
  }

  @Test
  void whatSleptIsSweptAfterItsNextStartAndNotWokenForIt() throws Exception {
    logIn("a_ended");
    assertThat(await(computes.suspend(route.database())))
        .isInstanceOf(SuspendOutcome.Suspended.class);

    computes.endRoles(
        (database, role) -> CompletableFuture.completedFuture(role.equals("a_ended")));
    assertThat(computes.statuses()).allMatch(status -> status.state().equals("asleep"));
    awake();

    Awaitility.await().untilAsserted(() -> assertThat(roles()).containsExactly("a_ddl"));
  }

  @Test
  void nothingEndsWhileTheCatalogCannotBeAsked() throws Exception {
    logIn("a_unknown");
    logIn("a_ended");

    computes.endRoles((database, role) -> role.equals("a_ended")
        ? CompletableFuture.completedFuture(true)
        : CompletableFuture.failedFuture(new IllegalStateException("away")));

    Awaitility.await()
        .untilAsserted(() -> assertThat(roles()).containsExactlyInAnyOrder("a_unknown", "a_ddl"));
  }
}
