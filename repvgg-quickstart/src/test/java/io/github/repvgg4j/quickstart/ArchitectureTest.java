package io.github.repvgg4j.quickstart;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** Holds the architecture: train -> core <- deploy, and the algebra knows no network. */
class ArchitectureTest {

  private static final String BASE = "io.github.repvgg4j.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.repvgg4j");

  @Test
  void trainAndDeployNeverSeeEachOther() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + "train..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BASE + "deploy.."));
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + "deploy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BASE + "train.."));
  }

  @Test
  void coreReachesBackToNoOtherModule() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                BASE + "model..",
                BASE + "layer..",
                BASE + "reparam..",
                BASE + "rewrite..",
                BASE + "backend..",
                BASE + "weights..",
                BASE + "archive..",
                BASE + "machine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                BASE + "data..",
                BASE + "train..",
                BASE + "deploy..",
                "org.datavec..",
                "picocli.."));
  }

  @Test
  void algebraKnowsNoNetwork() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + "reparam..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.deeplearning4j.."));
  }

  @Test
  void packagesHaveNoCycles() {
    check(SlicesRuleDefinition.slices().matching(BASE + "(**)").should().beFreeOfCycles());
  }

  @Test
  void namesSayWhatAClassIs() {
    check(
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl"));
    check(
        classes()
            .that()
            .haveSimpleNameEndingWith("Spec")
            .and()
            .areTopLevelClasses()
            .should()
            .beRecords());
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
