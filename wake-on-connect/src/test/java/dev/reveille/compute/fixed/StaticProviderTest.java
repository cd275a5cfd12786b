package dev.reveille.compute.fixed;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.ComputeTimer;
import dev.reveille.compute.ComputeTls;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.SupervisorSettings;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.WakeOutcome;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StaticProviderTest {
  private static final CellId CELL = new CellId("fixed");
  private static final ComputeAddress ADDRESS = new ComputeAddress.Tcp("db.example", 5432,
      ComputeTls.DISABLED);
  private static final Route ROUTE = new Route(DatabaseId.random(),
      new AccountId(new UUID(0, 1)), "shop", CELL, StorageId.random(), DatabaseSettings.DEFAULTS,
      1);

  private static ComputeSupervisor computes(Map<String, StaticLogin> logins) {
    return new ComputeSupervisor(
        Map.of(CELL, new StaticProvider(
            new StaticSettings(CELL, ADDRESS, logins, Optional.empty(), 20))),
        SupervisorSettings.DEFAULTS, ComputeTimer.system());
  }

  private static StaticLogin login(String role) {
    return new StaticLogin(role, Optional.of("hush"), Optional.empty());
  }

  private static WakeOutcome.Ready ready(ComputeSupervisor computes) {
    return (WakeOutcome.Ready) join(computes.wake(ROUTE).outcome());
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  @Test
  void itIsAwakeAtItsAddressAndStaysSo() {
    try (ComputeSupervisor computes = computes(Map.of())) {
      assertThat(ready(computes).endpoint().address()).isEqualTo(ADDRESS);

      computes.forget(ready(computes).endpoint());

      assertThat(ready(computes).endpoint().address()).isEqualTo(ADDRESS);
    }
  }

  @Test
  void aSuspendIsRefusedPolitely() {
    try (ComputeSupervisor computes = computes(Map.of())) {
      assertThat(ready(computes).endpoint().maxConnections()).isEqualTo(20);

      assertThat(join(computes.suspend(ROUTE.database())))
          .isEqualTo(new SuspendOutcome.AlwaysAwake());
    }
  }

  @Test
  void aCredentialMapsToItsOwnLoginOrToTheOneForAll() {
    try (ComputeSupervisor computes = computes(
        Map.of("a_one", login("postgres"), StaticSettings.ANY, login("app")))) {
      var endpoint = ready(computes).endpoint();

      assertThat(join(computes.login(ROUTE, endpoint, role("a_one"))))
          .isEqualTo(new Login("postgres", "shop", Optional.of("hush"), Optional.empty()));
      assertThat(join(computes.login(ROUTE, endpoint, role("a_two"))).role()).isEqualTo("app");
    }
  }

  @Test
  void aCredentialWithoutALoginIsToldSo() {
    try (ComputeSupervisor computes = computes(Map.of("a_one", login("postgres")))) {
      var endpoint = ready(computes).endpoint();

      assertThatThrownBy(() -> join(computes.login(ROUTE, endpoint, role("a_two"))))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(ComputeFailedException.class)
          .hasMessageContaining("no login is configured");
    }
  }

  @Test
  void aDatabaseCannotBeCreatedThere() {
    try (ComputeSupervisor computes = computes(Map.of())) {
      assertThatThrownBy(() -> join(computes.takePrepared(CELL)))
          .hasMessageContaining("configured, not created");
    }
  }

  @Test
  void aSecretIsNeverPrinted() {
    assertThat(login("postgres").toString()).doesNotContain("hush");
    assertThat(new Login("r", "d", Optional.of("hush"), Optional.empty()).toString())
        .doesNotContain("hush")
        .contains("redacted");
  }

  private static LoginRole role(String name) {
    return new LoginRole(name, Mode.RW, new ObjectScope.All(), 1, 0);
  }
}
