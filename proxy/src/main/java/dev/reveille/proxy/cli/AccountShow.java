package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code reveille account show [NAME]}. */
@Command(name = "show", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Show an account's budgets, and what it has used this month.")
final class AccountShow implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", arity = "0..1", defaultValue = "default", description = "The account (default: ${DEFAULT-VALUE}).")
  private String name = "default";
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode account = home.control().get("account", name);
    System.out.print(json ? account.toPrettyString() + "\n" : AccountText.all(account));
    return ExitCode.OK;
  }
}
