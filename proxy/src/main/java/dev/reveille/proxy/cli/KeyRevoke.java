package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille key revoke NAME}. */
@Command(name = "revoke", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "End a key of the HTTP API for good.")
final class KeyRevoke implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The key.")
  private String name = "";

  @Override
  public Integer call() {
    System.err.println(home.control().post("key/revoke", name).path("message").asString());
    return ExitCode.OK;
  }
}
