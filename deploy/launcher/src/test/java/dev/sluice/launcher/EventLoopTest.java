package dev.sluice.launcher;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What may wait does not run on a thread of the network: one call that waits there keeps all others
 * of that thread waiting. Quarkus runs a method elsewhere if it is told so.
 */
class EventLoopTest {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));
  private static final String ELSEWHERE = "io.smallrye.common.annotation.Blocking";
  private static final String GRPC_SERVICE = "io.quarkus.grpc.GrpcService";
  private static final String OBSERVER = "io.grpc.stub.StreamObserver";

  private static final Set<String> HTTP_METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /** It gives the call to threads of its own and returns. */
  private static final String HANDS_OVER = "dev.sluice.serving.StageEndpoint";

  private static JavaClasses compiled;

  @BeforeAll
  static void readClasses() {
    compiled =
        new ClassFileImporter()
            .importPaths(
                Stream.of("gateway-svc", "libs/serving", "libs/stage")
                    .map(module -> HOME.resolve(module).resolve("target/classes"))
                    .toList());
  }

  @Test
  void resourcesOfHttp_runElsewhere() {
    methods()
        .that(describe("answer HTTP", EventLoopTest::answersHttp))
        .should()
        .beAnnotatedWith(ELSEWHERE)
        .check(compiled);
  }

  @Test
  void servicesOfGrpc_runElsewhere_orHandOver() {
    methods()
        .that(describe("answer gRPC", EventLoopTest::answersGrpc))
        .should()
        .beAnnotatedWith(ELSEWHERE)
        .check(compiled);
    classes()
        .that()
        .haveFullyQualifiedName(HANDS_OVER)
        .should()
        .callMethod("dev.sluice.stage.grpc.GrpcDoor", "serve", messageAndObserver())
        .check(compiled);
  }

  private static String[] messageAndObserver() {
    return new String[] {"dev.sluice.contract.v1.Task", OBSERVER};
  }

  /** What every request meets first runs there. */
  @Test
  void filtersOfHttp_knowNothingThatWaits() {
    DescribedPredicate<JavaClass> waits =
        JavaClass.Predicates.resideInAnyPackage(
            "org.apache.kafka..", "dev.sluice.stage.blob..", "dev.sluice.gateway.work..");
    noClasses()
        .that()
        .haveFullyQualifiedName("dev.sluice.gateway.door.http.HttpDoor")
        .should()
        .dependOnClassesThat(waits)
        .check(compiled);
  }

  private static boolean answersHttp(JavaMethod method) {
    return method.getAnnotations().stream()
        .map(annotation -> annotation.getRawType())
        .anyMatch(
            type ->
                type.getPackageName().equals("jakarta.ws.rs")
                    && HTTP_METHODS.contains(type.getSimpleName()));
  }

  private static boolean answersGrpc(JavaMethod method) {
    return method.getModifiers().contains(JavaModifier.PUBLIC)
        && method.getOwner().isAnnotatedWith(GRPC_SERVICE)
        && !method.getOwner().getName().equals(HANDS_OVER)
        && method.getRawParameterTypes().stream().anyMatch(type -> type.getName().equals(OBSERVER));
  }
}
