package dev.reveille.proxy.app;

import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.cell.Catalog;
import dev.reveille.proxy.api.Api;
import dev.reveille.proxy.api.Gate;
import dev.reveille.proxy.api.KeyLimits;
import dev.reveille.proxy.api.Keys;
import dev.reveille.proxy.api.Operations;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.http.ApiRoutes;
import dev.reveille.proxy.http.ControlToken;
import dev.reveille.proxy.http.KeyRoutes;
import dev.reveille.proxy.http.McpRoutes;
import dev.reveille.proxy.mcp.McpEndpoint;
import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.Usage;
import io.javalin.config.JavalinConfig;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** What is served to programs over HTTP: the API, and the command line's calls about its keys. */
final class ApiSetup {
  private ApiSetup() {
  }

  static List<Consumer<JavalinConfig>> routes(Configuration configuration, Catalog catalog,
      Databases databases, Credentials credentials, Usage usage,
      ControlToken token, String version) {
    SecureRandom random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    Gate gate = new Gate(catalog.apiKeys(),
        new BadSecretLimiter(BadSecretLimiter.Settings.DEFAULT, System::nanoTime), clock);
    KeyLimits limits = new KeyLimits(configuration.api().callsPerMinute(), System::nanoTime);
    Api api = new Api(gate, limits, catalog.apiKeys(), random, clock,
        Operations.of(() -> databases, () -> credentials, () -> usage, catalog));
    McpEndpoint mcp = new McpEndpoint(() -> databases, () -> credentials, version, random);
    return List.of(new ApiRoutes(api), new McpRoutes(mcp, gate, limits, token, databases::control),
        new KeyRoutes(new Keys(catalog.apiKeys(), random, clock), databases::control));
  }
}
