package dev.reveille.proxy.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille account set NAME}. */
@Command(name = "set", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Give an account another plan, spend cap or limits; \"default\" takes back what was set.")
final class AccountSet implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The account.")
  private String name = "";
  @Option(names = "--plan", paramLabel = "PLAN", description = "One of the configured plans.")
  private @Nullable String plan;
  @Option(names = "--spend-cap", paramLabel = "AMOUNT", description = "Money of a month, in the plan's currency.")
  private @Nullable String spendCap;
  @Option(names = "--limit", paramLabel = "LIMIT=NUMBER", description = "live-databases, creates-per-minute, creates-per-hour, wakes-per-hour, compute-seconds or bytes-stored.")
  private Map<String, String> limits = new LinkedHashMap<>();
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    ScopeOptions.put(request, "plan", plan);
    ScopeOptions.put(request, "spend_cap", spendCap);
    if (!limits.isEmpty()) {
      ObjectNode each = request.putObject("limits");
      limits.forEach(each::put);
    }
    JsonNode account = home.control().post("account/set", name, request);
    System.out.print(json ? account.toPrettyString() + "\n" : AccountText.all(account));
    return ExitCode.OK;
  }
}
