package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import dev.reveille.proxy.mcp.StdioBridge;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reveille mcp}. */
@Command(name = "mcp", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Offer databases to an agent as MCP tools, on standard input and output. The key is $REVEILLE_API_KEY, else the home's own control token.")
final class Mcp implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--url", paramLabel = "URL", description = "The proxy's HTTP listener (default: the one that runs on the home).")
  private @Nullable String url;

  @Override
  public Integer call() throws InterruptedException {
    Home here = home.home();
    String key = Optional.ofNullable(System.getenv("REVEILLE_API_KEY"))
        .filter(given -> !given.isBlank())
        .or(() -> url == null ? Home.read(here.tokenFile()) : Optional.empty())
        .orElseThrow(() -> new CommandFailure(ExitCode.NOT_RUNNING, "there is no key to call with",
            "Set REVEILLE_API_KEY; make a key with: reveille key create NAME --scopes …"));
    String address = url == null
        ? "http://" + Home.read(here.httpFile()).orElseThrow(home.control()::notRunning)
        : url;
    try {
      StdioBridge.serve(address, key, System.in, System.out, Version.text(),
          new SecureRandom());
      return ExitCode.OK;
    } catch (RuntimeException e) {
      throw new CommandFailure(ExitCode.FAILED, "the proxy at " + address
          + " does not offer its tools: " + cause(e),
          "Is it running, and is the key good? Try: reveille key list");
    }
  }

  private static String cause(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return String.valueOf(innermost.getMessage());
  }
}
