package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code reveille credential list}. */
@Command(name = "list", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "List the credentials, what they may do and until when.")
final class CredentialList implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode credentials = home.control().get("credentials");
    System.out.print(json
        ? credentials.toPrettyString() + "\n"
        : CredentialText.table(credentials));
    return ExitCode.OK;
  }
}
