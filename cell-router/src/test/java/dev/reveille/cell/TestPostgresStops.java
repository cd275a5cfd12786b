package dev.reveille.cell;

import java.io.IOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Stops the shared server when the last test is over, rather than in a race with the JVM's end. */
public final class TestPostgresStops implements BeforeAllCallback, AutoCloseable {

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .getOrComputeIfAbsent(TestPostgresStops.class);
  }

  @Override
  public void close() throws IOException {
    TestPostgres.stop();
  }
}
