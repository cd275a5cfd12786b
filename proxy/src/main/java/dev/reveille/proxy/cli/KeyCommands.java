package dev.reveille.proxy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code reveille key …}. */
@Command(name = "key", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Make, list and end keys of the HTTP API and of MCP.", subcommands = {
    KeyCreate.class, KeyList.class, KeyRevoke.class})
final class KeyCommands implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
