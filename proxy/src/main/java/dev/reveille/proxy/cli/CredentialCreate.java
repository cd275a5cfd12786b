package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille credential create}. */
@Command(name = "create", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Make a credential and print its connection string, and nothing else.")
final class CredentialCreate implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Mixin
  private ScopeOptions scope = new ScopeOptions();
  @Option(names = "--name", paramLabel = "NAME", description = "The login (default: a_ and random letters).")
  private @Nullable String name;
  @Option(names = "--for", paramLabel = "agent|app", description = "Who will hold it (default: agent).")
  private @Nullable String holder;
  @Option(names = "--no-secret", description = "Only a certificate or a token proves it.")
  private boolean noSecret;
  @Option(names = "--json", description = "Print all of it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode request = scope.request();
    ScopeOptions.put(request, "name", name);
    ScopeOptions.put(request, "for", holder);
    ScopeOptions.put(request, "no_secret", noSecret);
    JsonNode made = home.control().post("credential/create", null, request);
    CredentialText.printMade(made, json);
    return ExitCode.OK;
  }
}
