package dev.reveille.chaos.drivers;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.product.ComputeView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database with a credential of each mode, as an operator would make them for an application, put to
 * sleep before each of the application's stages.
 */
public final class SleepingShop {
  private final RunningReveille reveille;
  private final String name;
  private final ConnectionString ddl;
  private final ConnectionString rw;
  private final ConnectionString ro;
  private long epoch;

  private SleepingShop(RunningReveille reveille, String name, ConnectionString ddl,
      ConnectionString rw, ConnectionString ro) {
    this.reveille = reveille;
    this.name = name;
    this.ddl = ddl;
    this.rw = rw;
    this.ro = ro;
  }

  public static SleepingShop create(RunningReveille reveille, String name) {
    reveille.create(name);
    return new SleepingShop(reveille, name, credential(reveille, name, "ddl"),
        credential(reveille, name, "rw"), credential(reveille, name, "ro"));
  }

  private static ConnectionString credential(RunningReveille reveille, String name, String mode) {
    return ConnectionString.parse(reveille.run("credential", "create", "--database",
        name, "--mode", mode, "--ttl", "1h"));
  }

  /** Puts it to sleep: nothing of it runs any more. */
  public SleepingShop asleep() {
    try {
      epoch = ComputeView.of(reveille, name).epoch();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(50))
          .untilAsserted(() -> assertThat(ComputeView.of(reveille, name).sessions()).isZero());
      reveille.control("suspend", name);
      ComputeView.awaitState(reveille, name, "asleep");
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A compute has been started since, for whoever connected. */
  public void assertWoken() {
    try {
      assertThat(ComputeView.of(reveille, name).epoch()).isGreaterThan(epoch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ConnectionString ddl() {
    return ddl;
  }

  public ConnectionString rw() {
    return rw;
  }

  public ConnectionString ro() {
    return ro;
  }
}
