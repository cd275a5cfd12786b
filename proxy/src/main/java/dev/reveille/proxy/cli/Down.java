package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reveille down}. */
@Command(name = "down", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Drain the running process, suspend its computes and wait until it is gone.")
final class Down implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "120", description = "Longest to wait for it to be gone (default: ${DEFAULT-VALUE}).")
  private long wait;

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    Home chosen = home.home();
    ProcessHandle process = RunningProcess.find(chosen).orElseThrow(home.control()::notRunning);
    process.destroy();
    try {
      process.onExit().get(Duration.ofSeconds(wait).toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CommandFailure(ExitCode.BUSY,
          "process " + process.pid() + " is still there after " + wait + " s",
          "Look at its log, or end it with: kill -9 " + process.pid());
    }
    System.err.println("stopped; every database is suspended");
    return ExitCode.OK;
  }
}
