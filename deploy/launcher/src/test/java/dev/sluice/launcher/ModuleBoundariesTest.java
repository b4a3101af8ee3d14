package dev.sluice.launcher;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.sluice.launcher.instance.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Who may know whom. Reads what the other modules compiled to, so this module comes last in the
 * build.
 */
class ModuleBoundariesTest {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));

  private static final String OURS = "dev.sluice..";

  private static final String[] SERVICES = {
    "dev.sluice.gateway..",
    "dev.sluice.textencoder..",
    "dev.sluice.prior..",
    "dev.sluice.denoiser..",
    "dev.sluice.upscaler..",
    "dev.sluice.scaler.."
  };

  private static final String[] TRANSPORT = {
    "io.quarkus..", "io.grpc..", "com.google.protobuf..", "org.apache.kafka..", "jakarta.."
  };

  /** It measures what is served, and so asks for it as clients do. */
  private static final String EVALUATION = "dev.sluice.trainer.evaluate..";

  /** What it measures is the broker. */
  private static final String TRANSPORT_MEASURED = "dev.sluice.bench.scale..";

  private static final int MOST_CLASSES = 25;

  /** The modules whose packages are held apart. */
  private static final List<String> IN_ROOMS =
      List.of(
          "safetensors",
          "diffusion",
          "catalog",
          "networks",
          "pipeline",
          "parity",
          "broker",
          "autoscaling",
          "client",
          "testing",
          "quarkus",
          "stage",
          "planning",
          "serving",
          "local",
          "gateway",
          "scaler",
          "trainer",
          "bench",
          "launcher");

  private static JavaClasses compiled;

  @BeforeAll
  static void readClasses() throws IOException {
    List<Path> outputs;
    try (Stream<Path> libraries = Files.list(HOME.resolve("libs"))) {
      outputs =
          Stream.of(
                  libraries.filter(library -> Files.exists(library.resolve("pom.xml"))),
                  Stream.of(Service.values()).map(service -> HOME.resolve(service.folder())),
                  Stream.of(
                      HOME.resolve("libs/quarkus/deployment"),
                      HOME.resolve("trainer"),
                      HOME.resolve("bench"),
                      HOME.resolve("deploy/launcher")))
              .flatMap(modules -> modules)
              .map(module -> module.resolve("target/classes"))
              .toList();
    }
    assertThat(outputs).as("build the whole project first").allMatch(Files::isDirectory);
    compiled = new ClassFileImporter().importPaths(outputs);
  }

  @Test
  void diffusion_dependsOnTheJdkOnly() {
    classes()
        .that()
        .resideInAPackage("dev.sluice.diffusion..")
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage("java..", "dev.sluice.diffusion.."))
        .check(compiled);
  }

  @TestFactory
  Stream<DynamicTest> libraries_knowOnlyWhatTheyAreBuiltOn() {
    return Stream.of(
            knows("safetensors"),
            knows("catalog", "diffusion", "safetensors"),
            knows("networks", "catalog", "diffusion", "safetensors"),
            knows("pipeline", "catalog", "networks", "diffusion", "safetensors"),
            knows("parity", "catalog", "pipeline", "networks", "diffusion", "safetensors"),
            knows("contract", "safetensors"),
            knows("client", "contract"),
            knows("testing", "client"),
            knows("quarkus", "testing"),
            knows("broker"),
            knows("autoscaling"),
            knows("stage", "contract"),
            knows(
                "serving",
                "stage",
                "contract",
                "catalog",
                "pipeline",
                "networks",
                "diffusion",
                "safetensors"),
            knows(
                "local",
                "serving",
                "stage",
                "planning",
                "contract",
                "catalog",
                "pipeline",
                "networks",
                "diffusion",
                "safetensors"),
            knows("textencoder", "serving", "stage", "pipeline"),
            knows("prior", "serving", "stage", "pipeline"),
            knows("denoiser", "serving", "stage", "pipeline"),
            knows("upscaler", "serving", "stage", "pipeline"),
            knows("scaler", "stage", "contract"),
            knows("planning", "contract", "catalog", "diffusion", "safetensors"),
            knows(
                "gateway", "planning", "contract", "catalog", "diffusion", "safetensors", "stage"),
            knows(
                "trainer",
                "local",
                "planning",
                "contract",
                "catalog",
                "pipeline",
                "networks",
                "diffusion",
                "safetensors"),
            knows(
                "bench",
                "local",
                "stage",
                "contract",
                "autoscaling",
                "catalog",
                "pipeline",
                "networks",
                "diffusion",
                "safetensors"),
            knows(
                "launcher",
                "client",
                "contract",
                "autoscaling",
                "catalog",
                "networks",
                "parity",
                "trainer"))
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(compiled)));
  }

  private static ArchRule knows(String module, String... others) {
    String[] allowed =
        Stream.concat(Stream.of(module), Stream.of(others))
            .map(name -> "dev.sluice." + name + "..")
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("dev.sluice." + module + "..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(OURS).and(not(resideInAnyPackage(allowed))))
        .as(module + " knows of ours only " + (others.length == 0 ? "itself" : List.of(others)));
  }

  /** No import runs back up: what packages of a module know of each other has no circles. */
  @TestFactory
  Stream<DynamicTest> packages_areFreeOfCycles() {
    return IN_ROOMS.stream()
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module,
                    () ->
                        slices()
                            .assignedFrom(new ByPackage("dev.sluice." + module))
                            .should()
                            .beFreeOfCycles()
                            .check(compiled)));
  }

  @TestFactory
  Stream<DynamicTest> packages_areSmallEnoughToBeReadAsOne() {
    return IN_ROOMS.stream()
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module,
                    () -> {
                      Map<String, Long> sizes =
                          compiled.stream()
                              .filter(type -> ByPackage.isWithin("dev.sluice." + module, type))
                              .filter(type -> type.isTopLevelClass() && !isPackageInfo(type))
                              .collect(
                                  Collectors.groupingBy(
                                      JavaClass::getPackageName, Collectors.counting()));
                      assertThat(sizes).isNotEmpty();
                      assertThat(sizes.values())
                          .as("%s", sizes)
                          .allMatch(size -> size <= MOST_CLASSES);
                    }));
  }

  private static boolean isPackageInfo(JavaClass type) {
    return type.getSimpleName().equals("package-info");
  }

  /** Every package is a slice of its own. */
  private record ByPackage(String module) implements SliceAssignment {

    static boolean isWithin(String module, JavaClass type) {
      return (type.getPackageName() + ".").startsWith(module + ".");
    }

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return isWithin(module, type)
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "the packages of " + module;
    }
  }

  @Test
  void theMathematicsKnowsNothingOfTransport() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.sluice.safetensors..",
            "dev.sluice.catalog..",
            "dev.sluice.networks..",
            "dev.sluice.pipeline..",
            "dev.sluice.parity..",
            "dev.sluice.trainer..")
        .and()
        .resideOutsideOfPackage(EVALUATION)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(TRANSPORT)
        .check(compiled);
  }

  @TestFactory
  Stream<DynamicTest> nothingDependsOnAService() {
    return Stream.of(SERVICES)
        .map(
            service ->
                DynamicTest.dynamicTest(
                    service,
                    () ->
                        noClasses()
                            .that()
                            .resideOutsideOfPackage(service)
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(service)
                            .check(compiled)));
  }

  /** What is planned and measured is said in messages, which can be without a transport. */
  @Test
  void planningAndEvaluationKnowMessagesButNoTransport() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.sluice.planning..", EVALUATION, "dev.sluice.bench..")
        .and()
        .resideOutsideOfPackage(TRANSPORT_MEASURED)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.quarkus..", "io.grpc..", "org.apache.kafka..", "jakarta..")
        .check(compiled);
  }

  @Test
  void planningTheGatewayAndTheCatalogDoNotLoadTensorFlow() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.sluice.gateway..", "dev.sluice.planning..", "dev.sluice.catalog..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.tensorflow..", "dev.sluice.networks..", "dev.sluice.pipeline..")
        .check(compiled);
  }
}
