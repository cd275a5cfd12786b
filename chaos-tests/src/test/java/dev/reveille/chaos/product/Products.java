package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import java.io.IOException;

/** Starts the product for tests that look at what it does and not at how fast. */
public final class Products {
  /** Prepares little: each storage is a thousand files, to be copied and to be deleted again. */
  public static final String SMALL = """
      compute:
        prepared-running: 1
        prepared-copied: 0
      """;

  private Products() {
  }

  public static RunningReveille start(String configuration) throws IOException {
    return RunningReveille.start(Setup.configured(configuration));
  }
}
