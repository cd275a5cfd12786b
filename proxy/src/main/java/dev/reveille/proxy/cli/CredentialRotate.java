package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code reveille credential rotate NAME}. */
@Command(name = "rotate", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Give a credential a new secret and print its connection string. The last one stays good beside it until the next rotation.")
final class CredentialRotate implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The credential.")
  private String name = "";
  @Option(names = "--drop-old", description = "The old secrets end at once.")
  private boolean dropOld;
  @Option(names = "--json", description = "Print all of it as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    ScopeOptions.put(request, "drop_old", dropOld);
    CredentialText.printMade(home.control().post("credential/rotate", name, request), json);
    return ExitCode.OK;
  }
}
