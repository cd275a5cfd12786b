package dev.reveille.auth;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

@AnalyzeClasses(packages = "dev.reveille.auth", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule auth_knows_no_other_room_and_no_network_library = classes().should()
      .onlyDependOnClassesThat()
      .resideInAnyPackage("dev.reveille.auth", "java..", "javax..", "org.bouncycastle..",
          "com.nimbusds..",
          "org.jspecify.annotations", "com.google.errorprone.annotations");
}
