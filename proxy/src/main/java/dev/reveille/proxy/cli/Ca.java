package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reveille ca}. */
@Command(name = "ca", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Print the path of the root certificate that clients verify with.")
final class Ca implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();

  @Override
  public Integer call() {
    Home chosen = home.home();
    if (!Files.exists(chosen.rootCertificate())) {
      throw new CommandFailure(ExitCode.NOT_FOUND,
          "there is no root certificate in " + chosen.tls() + " yet",
          "The first \"reveille up\" makes one.");
    }
    System.out.println(chosen.rootCertificate());
    return ExitCode.OK;
  }
}
