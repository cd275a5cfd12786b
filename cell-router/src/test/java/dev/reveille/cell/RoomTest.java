package dev.reveille.cell;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** What this room may touch: the catalog and its own files; no other room, process or client. */
@AnalyzeClasses(packages = "dev.reveille.cell", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomTest {
  @ArchTest
  static final ArchRule NO_OTHER_ROOM = noClasses().should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.reveille.wire..", "dev.reveille.auth..", "dev.reveille.compute..",
          "dev.reveille.proxy..", "io.netty..");

  @ArchTest
  static final ArchRule NO_PROCESSES = noClasses().should()
      .dependOnClassesThat()
      .haveNameMatching("java\\.lang\\.(Process|ProcessBuilder|ProcessHandle|Runtime)");

  @ArchTest
  static final ArchRule WORDS_WITHOUT_MACHINERY = noClasses().that()
      .resideInAPackage("dev.reveille.cell")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.reveille.cell.*..", "java.sql..", "com.zaxxer..", "org.postgresql..",
          "org.flywaydb..", "com.github.benmanes..", "tools.jackson..");

  @ArchTest
  static final ArchRule SQL_ONLY_IN_THE_CATALOG = noClasses().that()
      .resideOutsideOfPackage("dev.reveille.cell.catalog")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("java.sql..", "com.zaxxer..", "org.postgresql..", "org.flywaydb..");

  @ArchTest
  static final ArchRule NO_CIRCLES = slices().matching("dev.reveille.cell.(*)..")
      .should()
      .beFreeOfCycles();
}
