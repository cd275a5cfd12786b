package dev.reveille.proxy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code reveille}. */
@Command(name = "reveille", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Your database sleeps; your connection doesn't.", subcommands = {
    Up.class, Down.class, Status.class, Create.class, Branch.class, Url.class,
    ListDatabases.class, CheckpointCommand.class, CheckpointList.class, RestoreCommand.class,
    Rename.class, SetCommand.class, Suspend.class, WakeUp.class, Drop.class, Diff.class,
    Merge.class, CredentialCommands.class, AccountCommands.class,
    KeyCommands.class, Mcp.class, Ca.class, Doctor.class,
    AuditCommand.class,
    Demo.class}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {"0:done", "1:failed",
        "2:the command line or configuration is wrong",
        "3:not running", "4:no such database or credential", "5:already exists, or already running",
        "6:busy: cannot be done now"}, footer = {"",
            "The home is --home, else $REVEILLE_HOME, else ~/.reveille.",
            "First steps: reveille up --detach; psql \"$(reveille create shop)\""})
public final class Main implements Runnable {
  private Main() {
  }

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command and returns its exit code. */
  static int run(String... args) {
    return new CommandLine(new Main()).setExecutionExceptionHandler((e, command, parsed) -> {
      if (e instanceof CommandFailure failure) {
        command.getErr().println(failure.text());
        return failure.exitCode();
      }
      command.getErr().println("reveille: an unexpected error; please report it");
      e.printStackTrace(command.getErr());
      return ExitCode.FAILED;
    }).execute(args);
  }

  @Override
  public void run() {
    new CommandLine(this).usage(System.out);
  }
}
