package dev.sluice.gateway.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.Label;
import dev.sluice.contract.v1.LabelledWork;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.work.Payloads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkRegistryTest {

  @TempDir private Path folder;
  private Payloads payloads;
  private WorkRegistry works;

  @BeforeEach
  void setUp() {
    payloads = new Payloads(new FolderBlobStore(folder), 1 << 20);
    works = gateway();
  }

  /** What another gateway sees, too. */
  private WorkRegistry gateway() {
    return gateway(Duration.ofHours(1));
  }

  private WorkRegistry gateway(Duration retention) {
    return new WorkRegistry(new FolderBlobStore(folder), payloads, retention);
  }

  private static GenerationRequest request(String tenant, String label, String prompt) {
    return GenerationRequest.newBuilder()
        .setTenant(tenant)
        .setRequestId(label)
        .setPrompt(prompt)
        .build();
  }

  private static TaskHeader.Builder header(GenerationRequest request) {
    return TaskHeader.newBuilder()
        .setTenant(request.getTenant())
        .setRequestId(request.getRequestId());
  }

  private WorkRegistry.Claim claim(WorkRegistry registry, GenerationRequest request) {
    return registry.claim(
        request,
        new GenerationPlan(
            header(request).build(),
            Recipe.getDefaultInstance(),
            2,
            Map.of(),
            List.of(),
            List.of()));
  }

  private void finish(LabelledWork work, boolean well) {
    for (int i = 0; i < work.getImages(); i++) {
      GenerationResult.Builder outcome = GenerationResult.newBuilder().setImageIndex(i);
      if (well) {
        outcome.setImage(Image.newBuilder().setIndex(i));
      } else {
        outcome.setError(GenerationError.newBuilder().setCode(ErrorCode.CANCELLED));
      }
      payloads.keepOutcome(new ImageId(work.getWorkId(), i), outcome.build());
    }
  }

  @Test
  void claim_ofWhatIsKeptNoLongerBeginsAnewThoughTheLabelIsStillThere() throws Exception {
    GenerationRequest request = request("a", "hello", "a horse");
    LabelledWork first = claim(works, request).work();
    Thread.sleep(5);

    WorkRegistry.Claim again = claim(gateway(Duration.ofMillis(1)), request);

    assertThat(again.isNew()).isTrue();
    assertThat(again.work().getWorkId()).isNotEqualTo(first.getWorkId());
  }

  @Test
  void claim_ofTheSameAgainJoinsWhateverGatewayItComesTo() {
    WorkRegistry.Claim first = claim(works, request("a", "cat", "a cat"));
    WorkRegistry.Claim second =
        claim(
            gateway(),
            request("a", "cat", "a cat").toBuilder().setTimeout(Durations.fromSeconds(9)).build());

    assertThat(first.isNew()).isTrue();
    assertThat(second.isNew()).isFalse();
    assertThat(second.work()).isEqualTo(first.work());
  }

  @Test
  void claim_ofSomethingElseUnderTheSameLabelIsRefused() {
    claim(works, request("a", "cat", "a cat"));

    assertThatThrownBy(() -> claim(gateway(), request("a", "cat", "a dog")))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.toError().getCode()).isEqualTo(ErrorCode.ALREADY_EXISTS);
              assertThat(e.toError().getField()).isEqualTo("request_id");
            });
  }

  @Test
  void claim_ofAnotherTenantIsAnothersWork() {
    Set<String> works = new HashSet<>();
    for (GenerationRequest request :
        List.of(
            request("a", "cat", "a cat"),
            request("b", "cat", "a dog"),
            request("", "cat", "a cat"),
            request("ac", "at", "a cat"))) {
      works.add(claim(this.works, request).work().getWorkId());
    }

    assertThat(works).hasSize(4);
  }

  @Test
  void claim_isAnsweredAgainAsLongAsThePicturesAreKept() {
    LabelledWork work = claim(works, request("a", "cat", "a cat")).work();
    finish(work, true);

    WorkRegistry.Claim again = claim(works, request("a", "cat", "a cat"));

    assertThat(again.isNew()).isFalse();
    assertThat(works.outcomes(again.work())).hasSize(2).allMatch(GenerationResult::hasImage);
  }

  @Test
  void claim_afterAFailureBeginsAnew() {
    LabelledWork failed = claim(works, request("a", "cat", "a cat")).work();
    finish(failed, false);

    WorkRegistry.Claim again = claim(works, request("a", "cat", "a dog"));

    assertThat(again.isNew()).isTrue();
    assertThat(again.work().getWorkId()).isNotEqualTo(failed.getWorkId());
  }

  @Test
  void claim_afterTheDeadlineBeginsAnew() {
    GenerationRequest request = request("a", "cat", "a cat");
    TaskHeader late = header(request).setDeadline(Timestamps.fromMillis(1)).build();
    WorkRegistry.Claim first =
        works.claim(
            request,
            new GenerationPlan(
                late, Recipe.getDefaultInstance(), 1, Map.of(), List.of(), List.of()));

    assertThat(claim(works, request).work().getWorkId()).isNotEqualTo(first.work().getWorkId());
  }

  @Test
  void giveUp_freesALabelOfWorkThatWasThereBefore() {
    LabelledWork work = claim(works, request("a", "cat", "a cat")).work();
    Label label = Label.newBuilder().setTenant("a").setRequestId("cat").build();

    works.giveUp(label, Timestamps.fromMillis(Timestamps.toMillis(work.getCreatedAt()) - 1));
    assertThat(claim(works, request("a", "cat", "a cat")).isNew()).isFalse();

    gateway().giveUp(label, work.getCreatedAt());
    assertThat(claim(works, request("a", "cat", "a cat")).isNew()).isTrue();
  }

  @Test
  void written_isKnownToOthersAndToNoLaterWorkOfTheLabel() {
    GenerationRequest request = request("a", "cat", "a cat");
    TaskHeader first = header(request).setWorkId(claim(works, request).work().getWorkId()).build();
    works.written(first);
    assertThat(claim(gateway(), request).work().getWritten()).isTrue();

    works.giveUp(first);
    claim(works, request);
    works.written(first);

    assertThat(claim(works, request).work().getWritten()).isFalse();
  }

  @Test
  void claim_ofManyAtOnceBeginsOneWork() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(8);
    for (int round = 0; round < 10; round++) {
      GenerationRequest request = request("a", "round-" + round, "a cat");
      List<WorkRegistry.Claim> claims =
          callers
              .invokeAll(
                  IntStream.range(0, 8)
                      .<java.util.concurrent.Callable<WorkRegistry.Claim>>mapToObj(
                          i -> () -> claim(gateway(), request))
                      .toList())
              .stream()
              .map(
                  claim -> {
                    try {
                      return claim.get();
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  })
              .toList();

      assertThat(claims.stream().filter(WorkRegistry.Claim::isNew)).hasSize(1);
      assertThat(claims.stream().map(claim -> claim.work().getWorkId()).distinct()).hasSize(1);
    }
    callers.shutdown();
  }
}
