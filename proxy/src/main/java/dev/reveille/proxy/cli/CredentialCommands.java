package dev.reveille.proxy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code reveille credential …}. */
@Command(name = "credential", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Make, narrow and end credentials: what one login may do, from where, how much, how long.", subcommands = {
    CredentialCreate.class, CredentialList.class, CredentialShow.class, CredentialNarrow.class,
    CredentialRotate.class, CredentialRevoke.class, CredentialCert.class})
final class CredentialCommands implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
