package io.github.repvgg4j.quickstart;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.github.repvgg4j.array.HostMemory;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Holds the arrows between modules that ARCHITECTURE.md draws, and what each may know. */
class ArchitectureTest {

  private static final String BASE = "io.github.repvgg4j.";

  /** The command line, beside the packages called command; run.log is Logback's where that logs. */
  private static final String COMMAND_LINE =
      ".*\\.(\\w+Main|\\w+Command|JobOptions|Console\\w+|LogbackRunLog)(\\$.*)?";

  /** What of a class's address comes after its module. */
  private static final String IN_MODULE = "(?s)/io/github/repvgg4j/.*";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.repvgg4j");

  private static final List<String> WITHOUT_CIRCLES =
      List.of("train", "runtime", "onednn", "serve");

  /** A slice each file of these modules: a class with its inner ones. */
  private static final SliceAssignment FILES_WITHOUT_CIRCLES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
          return WITHOUT_CIRCLES.stream()
                  .map(BASE::concat)
                  .anyMatch(type.getPackageName()::startsWith)
              ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""))
              : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
          return "files of " + WITHOUT_CIRCLES;
        }
      };

  /**
   * A module.
   *
   * @param packages below {@link #BASE}, each with its sub-packages
   * @param uses modules that it may know
   */
  private record Module(String name, List<String> packages, List<String> uses) {}

  private static final List<Module> MODULES =
      List.of(
          new Module("archive", List.of("answer", "archive", "spec", "text", "machine"), List.of()),
          new Module(
              "core",
              List.of(
                  "array",
                  "layer",
                  "model",
                  "network",
                  "modelzip",
                  "proof",
                  "reparam",
                  "rewrite",
                  "weights",
                  "yaml"),
              List.of("archive")),
          new Module("onednn", List.of("onednn"), List.of()),
          new Module("accelerate", List.of("accelerate"), List.of("archive", "core", "onednn")),
          new Module("cuda", List.of("cuda"), List.of("archive", "core", "accelerate")),
          new Module("data", List.of("data"), List.of("archive")),
          new Module("runtime", List.of("runtime"), List.of("archive", "data", "onednn")),
          new Module(
              "train",
              List.of("train"),
              List.of("archive", "core", "accelerate", "cuda", "data", "onednn", "runtime")),
          new Module(
              "deploy",
              List.of("deploy"),
              List.of("archive", "core", "accelerate", "data", "onednn", "runtime")),
          new Module("serve", List.of("serve"), List.of("archive", "data", "onednn", "runtime")));

  @Test
  void modulesKnowOnlyThoseBelowThem() {
    for (Module module : MODULES) {
      String[] others =
          MODULES.stream()
              .filter(other -> other != module && !module.uses().contains(other.name()))
              .flatMap(other -> other.packages().stream())
              .map(ArchitectureTest::within)
              .toArray(String[]::new);
      check(classesOf(module).should().dependOnClassesThat().resideInAnyPackage(others));
    }
  }

  @Test
  void everyPackageBelongsToAModule() {
    String[] known =
        Stream.concat(
                MODULES.stream().flatMap(module -> module.packages().stream()),
                Stream.of("quickstart", "testkit"))
            .map(ArchitectureTest::within)
            .toArray(String[]::new);
    check(classes().should().resideInAnyPackage(known));
  }

  @Test
  void archivesImagesAndTheRuntimeNeedNoNd4j() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                within("answer"),
                within("archive"),
                within("spec"),
                within("text"),
                within("machine"),
                within("data"),
                within("onednn"),
                within("runtime"),
                within("serve"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.datavec.."));
  }

  @Test
  void oneModuleOwnsOneDnn() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(within("onednn"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco.dnnl.."));
  }

  /** A program that embeds us has neither picocli nor Logback nor a progress bar. */
  @Test
  void onlyTheCommandLineKnowsItsLibraries() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("..command..", within("quickstart"))
            .and()
            .haveNameNotMatching(COMMAND_LINE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "ch.qos.logback..", "me.tongfei.."));
  }

  @Test
  void noPackageIsInTwoModules() {
    Map<String, Set<URI>> homes = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      homes
          .computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
          .add(
              URI.create(
                  type.getSource().orElseThrow().getUri().toString().replaceFirst(IN_MODULE, "")));
    }
    assertThat(homes.values()).allSatisfy(modules -> assertThat(modules).hasSize(1));
  }

  private static GivenClassesConjunction classesOf(Module module) {
    return noClasses()
        .that()
        .resideInAnyPackage(
            module.packages().stream().map(ArchitectureTest::within).toArray(String[]::new));
  }

  private static String within(String name) {
    return BASE + name + "..";
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

  /** A place that goes round the door is wrong on CUDA and nowhere else, without an error. */
  @Test
  void hostMemoryOfArraysHasOneDoor() {
    check(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(HostMemory.class.getName())
            .should()
            .callMethodWhere(
                target(owner(assignableTo(DataBuffer.class).or(assignableTo(INDArray.class))))
                    .and(
                        target(
                            nameMatching(
                                "asNio.*|address|addressPointer|platformAddress|pointer|indexer"
                                    + "|opaqueBuffer|getOpaqueDataBuffer")))));
  }

  @Test
  void packagesHaveNoCycles() {
    check(SlicesRuleDefinition.slices().matching(BASE + "(**)").should().beFreeOfCycles());
  }

  @Test
  void classesOfSomeModulesHaveNoCycles() {
    check(
        SlicesRuleDefinition.slices()
            .assignedFrom(FILES_WITHOUT_CIRCLES)
            .should()
            .beFreeOfCycles());
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
