package dev.reveille.proxy.config;

import dev.reveille.cell.DatabaseName;
import dev.reveille.proxy.config.Configuration.CellOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between values, each of which is right by itself. */
final class Consistency {
  private static final String CELL_NAME = "[a-z][a-z0-9-]{0,31}";

  private Consistency() {
  }

  static void check(Configuration configuration, List<String> problems) {
    if (configuration.tls().certificate().isPresent() != configuration.tls().key().isPresent()) {
      problems.add("tls.certificate and tls.key belong together: give both or neither");
    }
    String url = configuration.catalog().url();
    if (!configuration.catalog().embedded() && !url.matches("(jdbc:)?postgres(ql)?://.*")) {
      // The text is not repeated: it may hold a secret.
      problems.add("catalog.url is neither \"embedded\" nor begins with postgresql://");
    }
    Proofs.check(configuration, problems);
    PlanOptions.check(configuration.accounts(), problems);
    Set<String> ids = new HashSet<>();
    Set<String> databases = new HashSet<>();
    for (CellOptions cell : configuration.cells()) {
      if (!cell.id().matches(CELL_NAME)) {
        problems.add("cells: \"" + cell.id() + "\" is not a cell's name (a letter, then letters, "
            + "digits and dashes, 32 at most)");
      }
      if (!ids.add(cell.id())) {
        problems.add("cells: \"" + cell.id() + "\" is there twice");
      }
      if (cell.kind() == CellKind.STATIC && cell.logins().isEmpty()) {
        problems.add("cells: \"" + cell.id() + "\" is static and needs at least one login");
      }
      cell.databases()
          .stream()
          .filter(name -> !databases.add(name))
          .forEach(
              name -> problems.add("cells: the database \"" + name + "\" is there twice"));
      if (cell.kind() == CellKind.LOCAL && !cell.databases().isEmpty()) {
        problems.add("cells: \"" + cell.id() + "\" is local; make its databases with: create");
      }
      cell.databases()
          .stream()
          .filter(name -> !DatabaseName.valid(name))
          .forEach(
              name -> problems.add("cells: \"" + name + "\" cannot name a database here"));
      if (cell.kind() == CellKind.STATIC && cell.rootCertificate().isEmpty()
          && !cell.host().startsWith("/") && Set.of(ComputeTlsMode.VERIFY_CA,
              ComputeTlsMode.VERIFY_FULL).contains(cell.tls())) {
        problems.add("cells: \"" + cell.id() + "\" verifies its compute's certificate and needs a "
            + "root-certificate");
      }
    }
  }
}
