package dev.reveille.proxy;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "dev.reveille", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] SESSION_PATH = {"dev.reveille.proxy.session..",
      "dev.reveille.proxy.relay..", "dev.reveille.proxy.connect..", "dev.reveille.proxy.cancel..",
      "dev.reveille.proxy.listen..", "dev.reveille.proxy.transport.."};

  @ArchTest
  static final ArchRule NO_ROOM_KNOWS_THE_FRONT_DOOR = noClasses().that()
      .resideInAnyPackage("dev.reveille.wire..", "dev.reveille.auth..", "dev.reveille.cell..",
          "dev.reveille.compute..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("dev.reveille.proxy..");

  @ArchTest
  static final ArchRule NO_JDBC_IN_THE_SESSION_PATH = noClasses().that()
      .resideInAnyPackage(SESSION_PATH)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..");

  @ArchTest
  static final ArchRule THE_SESSION_PATH_KNOWS_NOTHING_OF_THE_PROCESS_AROUND_IT = noClasses().that()
      .resideInAnyPackage(SESSION_PATH)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.reveille.proxy.app..", "dev.reveille.proxy.cli..",
          "dev.reveille.proxy.config..", "dev.reveille.proxy.http..",
          "dev.reveille.proxy.metrics..", "dev.reveille.proxy.operations..",
          "dev.reveille.proxy.logging..", "dev.reveille.cell.catalog..",
          "dev.reveille.compute.local..");

  @ArchTest
  static final ArchRule HTTP_IS_ONE_ROOM = noClasses().that()
      .resideOutsideOfPackages("dev.reveille.proxy.http..", "dev.reveille.proxy.app..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..");
}
