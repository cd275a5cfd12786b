package dev.reveille.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reveille credential revoke NAME}. */
@Command(name = "revoke", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "End a credential for good, its sessions too, and all that were narrowed from it.")
final class CredentialRevoke implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Parameters(paramLabel = "NAME", description = "The credential.")
  private String name = "";

  @Override
  public Integer call() {
    System.err.println(home.control().post("credential/revoke", name).path("message").asString());
    return ExitCode.OK;
  }
}
