package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import dev.reveille.proxy.cli.Finding.Grade;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.config.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code reveille doctor}. Changes nothing, apart from a file of its own that it removes again, unless
 * it is asked to repair, or to make storage.
 */
@Command(name = "doctor", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Check this machine, and say what to do where something is missing.")
final class Doctor implements Callable<Integer> {
  @Mixin
  private HomeOption home = new HomeOption();
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;
  @Option(names = "--repair", description = "Delete storages that nothing has, and drop records whose storage is gone.")
  private boolean repair;

  @Option(names = "--storage", paramLabel = "xfs|btrfs", description = "Make a file system that can clone in a file, and mount it where storage will be. Needs root, and a home without databases.")
  private @Nullable String storage;
  @Option(names = "--size", paramLabel = "SIZE", defaultValue = StorageImage.DEFAULT_SIZE, description = "How large it may grow (default: ${DEFAULT-VALUE}).")
  private String size = StorageImage.DEFAULT_SIZE;

  @Override
  public Integer call() throws Exception {
    Home chosen = home.home();
    if (storage != null) {
      System.out.println(StorageImage.make(chosen, storage, size));
      return ExitCode.OK;
    }
    List<Finding> findings = new ArrayList<>(MachineChecks.all());
    findings.addAll(StorageChecks.all(chosen));
    try {
      Configuration configuration = Configuration.load(chosen.configuration(), System.getenv());
      findings.add(Finding.ok("configuration", "understood"));
      findings.addAll(PortChecks.all(chosen, configuration));
      findings.addAll(RecordChecks.all(chosen, configuration, repair));
    } catch (ConfigurationException e) {
      e.problems()
          .forEach(problem -> findings
              .add(Finding.fail("configuration", problem, "See docs/configuration.md.")));
    }
    if (json) {
      System.out.println(
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(findings));
    } else {
      print(findings);
    }
    return findings.stream().anyMatch(f -> f.grade() == Grade.FAIL) ? ExitCode.FAILED : ExitCode.OK;
  }

  private static void print(List<Finding> findings) {
    for (Finding finding : findings) {
      System.out.println(String.format(Locale.ROOT, "%-5s %-15s %s",
          finding.grade().name().toLowerCase(Locale.ROOT), finding.subject(), finding.found()));
      if (!finding.advice().isEmpty()) {
        System.out.println("      " + " ".repeat(16) + "-> " + finding.advice());
      }
    }
  }
}
