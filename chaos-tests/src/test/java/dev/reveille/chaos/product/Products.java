package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import java.io.IOException;

/** Starts the product for tests that look at what it does and not at how fast. */
final class Products {
  private Products() {
  }

  /** Compiles little and collects plainly: several of these share two processors. */
  static RunningReveille start(String configuration) throws IOException {
    return RunningReveille.start(Setup.configured(configuration)
        .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
  }
}
