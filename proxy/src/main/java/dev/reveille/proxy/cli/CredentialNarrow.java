package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille credential narrow NAME}. */
@Command(name = "narrow", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Make a narrower credential of one and print its connection string; or narrow the one itself.")
final class CredentialNarrow implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Mixin
  private ScopeOptions scope = new ScopeOptions();
  @Parameters(paramLabel = "NAME", description = "The credential to narrow from.")
  private String name = "";
  @Option(names = "--as", paramLabel = "NEW", description = "The new login (default: a_ and random letters).")
  private @Nullable String as;
  @Option(names = "--for", paramLabel = "agent|app", description = "Who will hold the new one (default: agent).")
  private @Nullable String holder;
  @Option(names = "--no-secret", description = "Only a certificate or a token proves the new one.")
  private boolean noSecret;
  @Option(names = "--in-place", description = "Make none: narrow NAME itself, and what was narrowed from it.")
  private boolean inPlace;
  @Option(names = "--json", description = "Print all of it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode request = scope.request();
    ScopeOptions.put(request, "name", as);
    ScopeOptions.put(request, "for", holder);
    ScopeOptions.put(request, "no_secret", noSecret);
    JsonNode made = home.control()
        .post(inPlace ? "credential/narrow-in-place" : "credential/narrow", name, request);
    if (inPlace && !json) {
      System.err.println("\"" + name + "\" is narrowed");
    } else {
      CredentialText.printMade(made, json);
    }
    return ExitCode.OK;
  }
}
