package dev.reveille.compute;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "dev.reveille", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOM = "dev.reveille.compute..";

  @ArchTest
  static final ArchRule KNOWS_ONLY_THE_WIRE_AND_THE_CELLS = noClasses().that()
      .resideInAPackage(ROOM)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.reveille.auth..", "dev.reveille.proxy..", "dev.reveille.chaos..");

  @ArchTest
  static final ArchRule NOBODY_BELOW_KNOWS_IT = noClasses().that()
      .resideInAnyPackage("dev.reveille.wire..", "dev.reveille.cell..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage(ROOM);

  @ArchTest
  static final ArchRule THE_MACHINE_IS_PURE = noClasses().that()
      .resideInAPackage("dev.reveille.compute.machine")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..",
          "org.slf4j..", "dev.reveille.compute.local..", "dev.reveille.compute.admin..")
      .orShould()
      .callMethod(System.class, "nanoTime")
      .orShould()
      .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule KINDS_OF_COMPUTE_DO_NOT_KNOW_EACH_OTHER = noClasses().that()
      .resideInAPackage("dev.reveille.compute.fixed..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("dev.reveille.compute.local..");

  @ArchTest
  static final ArchRule NO_JDBC = noClasses().that()
      .resideInAPackage(ROOM)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("java.sql..", "javax.sql..");
}
