package dev.reveille.proxy.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille set NAME KEY=VALUE…}. */
@Command(name = "set", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Change a database: ttl=2h (or never), suspend_after=60s. A ttl brings an expired one back.")
final class SetCommand implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(index = "0", paramLabel = "NAME", description = "The database.")
  private String name = "";
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY=VALUE", description = "What to change.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Override
  public Integer call() {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    settings.forEach(request::put);
    home.control()
        .post("set", name, request)
        .path("notices")
        .forEach(notice -> System.err.println(notice.asString()));
    return ExitCode.OK;
  }
}
