package dev.reveille.proxy.app;

import dev.reveille.compute.local.BinariesFetcher;
import dev.reveille.compute.local.ComputeUser;
import dev.reveille.compute.local.Distributions;
import dev.reveille.compute.local.EmbeddedPostgres;
import dev.reveille.compute.local.PostgresDistribution;
import dev.reveille.compute.local.UnpackListener;
import dev.reveille.proxy.config.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What local computes need of this machine.
 *
 * @param user as whom they run
 * @param sockets the directory for their sockets
 * @param postgres the programs for new storages
 * @param distributions the programs for storages that were made by others
 */
record Machine(ComputeUser user, Path sockets, PostgresDistribution postgres,
    Distributions distributions) {

  /** Unpacks the programs if this machine has never seen them. */
  static Machine prepare(Home home, Configuration.Compute compute, Progress progress)
      throws StartFailure, InterruptedException {
    try {
      ComputeUser user = ComputeUser.current();
      EmbeddedPostgres embedded = new EmbeddedPostgres(EmbeddedPostgres.defaultCache(user),
          fetcher(System.getenv()),
          new Unpacking(progress));
      Optional<Path> installed = compute.binDirectory().map(home::resolve);
      PostgresDistribution postgres = installed.isPresent()
          ? PostgresDistribution.at(installed.get())
          : embedded.distribution(compute.postgresVersion());
      Distributions distributions = major -> major == postgres.major()
          ? postgres
          : embedded.distribution(major);
      return new Machine(user, Directories.sockets(home, user, System.getenv()), postgres,
          distributions);
    } catch (IOException e) {
      throw new StartFailure(StartFailure.Kind.FAILED,
          "PostgreSQL cannot be made ready: " + e.getMessage(), "Try: reveille doctor");
    }
  }

  /** Programs of other versions come from where the build's own libraries come from. */
  private static BinariesFetcher fetcher(Map<String, String> environment) {
    String checkout = environment.getOrDefault("REVEILLE_CHECKOUT", "");
    return checkout.isEmpty()
        ? BinariesFetcher.NONE
        : BinariesFetcher.command(List.of("env", "JAVA_HOME=" + System.getProperty("java.home"),
            checkout + "/mvnw", "-q", "-B", "-N", "-f", checkout + "/pom.xml",
            "org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy",
            "-Dartifact={artifact}", "-DoutputDirectory={directory}"));
  }

  /** Tells at each fifth of the way. */
  private static final class Unpacking implements UnpackListener {
    private static final int STEPS = 5;
    private final Progress progress;
    private long told = -1;

    Unpacking(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void progress(String version, long done, long total) {
      long step = total <= 0 ? 0 : done * STEPS / total;
      if (step > told) {
        told = step;
        progress.step("unpacking PostgreSQL " + version + ": " + step * 100 / STEPS + " %");
      }
    }
  }
}
