package dev.reveille.proxy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code reveille account …}. */
@Command(name = "account", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "See what an account has used, and set what it may use.", subcommands = {
    AccountShow.class, AccountSet.class, AccountPlans.class})
final class AccountCommands implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
