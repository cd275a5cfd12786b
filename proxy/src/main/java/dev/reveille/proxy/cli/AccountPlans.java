package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code reveille account plans}. */
@Command(name = "plans", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "List the configured plans, with limits and prices.")
final class AccountPlans implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode plans = home.control().get("plans");
    System.out.print(json ? plans.toPrettyString() + "\n" : AccountText.plans(plans));
    return ExitCode.OK;
  }
}
