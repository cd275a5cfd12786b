package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code reveille credential show NAME}. */
@Command(name = "show", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Show all of a credential but its secret.")
final class CredentialShow implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The credential.")
  private String name = "";
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode credential = home.control().get("credential", name);
    System.out.print(json
        ? credential.toPrettyString() + "\n"
        : CredentialText.all(credential));
    return ExitCode.OK;
  }
}
