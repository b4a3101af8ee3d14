package dev.sluice.gateway.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.RequestNeeds;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.status.StatusBoard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class WorkerChecksTest {

  private static final List<RouteStep> ROUTE =
      List.of(
          RouteStep.newBuilder()
              .setStage(Stage.DENOISER)
              .setTopic(Topics.tasks(Stage.DENOISER))
              .setDenoiser(DenoiserParameters.newBuilder().setWidth(1280).setHeight(1280))
              .build());

  private final StatusBoard board = new StatusBoard();
  private final WorkerChecks checks = new WorkerChecks(board, Duration.ofMillis(1));

  private void hear(String worker, ModelStatus.Builder model) {
    StageStatus status =
        StageStatus.newBuilder()
            .setStage(Stage.DENOISER)
            .setWorker(worker)
            .setValidFor(Durations.fromSeconds(60))
            .addModels(model)
            .build();
    board.take(
        new ConsumerRecord<>(
            Topics.STATUS, 0, 0, worker.getBytes(StandardCharsets.UTF_8), status.toByteArray()));
  }

  private static ModelStatus.Builder sd15(ModelStatus.State state) {
    return ModelStatus.newBuilder().setName("sd15").setState(state);
  }

  private static ModelStatus.Builder withMemory(long bytes) {
    return sd15(ModelStatus.State.ON_DEMAND)
        .setNeeds(
            RequestNeeds.newBuilder()
                .setFixedBytes(3_400_000_000L)
                .setBytesPerPixel(2400)
                .setAvailableBytes(bytes));
  }

  private ErrorCode refusal(String... inMessage) {
    RequestException[] refused = new RequestException[1];
    assertThatThrownBy(() -> checks.check("sd15", ROUTE))
        .isInstanceOfSatisfying(RequestException.class, e -> refused[0] = e)
        .hasMessageContainingAll(inMessage);
    return refused[0].toError().getCode();
  }

  @Test
  void check_refusesNothingWhileNoWorkerIsKnown() {
    checks.check("sd15", ROUTE);
  }

  @Test
  void check_leavesAModelThatNoWorkerHasToldOfToTheOneThatGetsTheTask() {
    hear("a", ModelStatus.newBuilder().setName("other").setState(ModelStatus.State.LOADED));

    checks.check("sd15", ROUTE);
  }

  @Test
  void check_tellsWhyAModelIsLeftOutUnlessAnotherWorkerServesIt() {
    hear("a", sd15(ModelStatus.State.LEFT_OUT).setReason("unet: the file is cut off"));
    assertThat(refusal("unet: the file is cut off")).isEqualTo(ErrorCode.MODEL_UNUSABLE);

    hear("b", sd15(ModelStatus.State.LOADING));
    checks.check("sd15", ROUTE);
  }

  @Test
  void check_refusesAPictureForWhichNoWorkerHasTheMemory() {
    hear("a", withMemory(6_000_000_000L));
    assertThat(refusal("1280x1280 needs about 7.3 GB of memory; the denoiser has 6.0 GB: at most"))
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);

    hear("b", withMemory(20_000_000_000L));
    checks.check("sd15", ROUTE);
  }

  @Test
  void check_asksNoWorkerOfAnotherPool() {
    RouteStep pooled = ROUTE.get(0).toBuilder().setTopic("sluice.denoiser.large").build();
    hear("a", sd15(ModelStatus.State.LEFT_OUT).setReason("unet: the file is cut off"));

    checks.check("sd15", List.of(pooled));

    board.take(
        "b",
        StageStatus.newBuilder()
            .setStage(Stage.DENOISER)
            .setPool("large")
            .setWorker("b")
            .setValidFor(Durations.fromSeconds(60))
            .addModels(sd15(ModelStatus.State.LEFT_OUT).setReason("the vae is cut off"))
            .build());
    assertThatThrownBy(() -> checks.check("sd15", List.of(pooled))).hasMessageContaining("cut off");
  }

  @Test
  void check_looksAtTheModelOfEachStep() {
    hear("a", sd15(ModelStatus.State.LEFT_OUT).setName("x").setReason("x is cut off"));

    assertThatThrownBy(
            () -> checks.check("sd15", List.of(ROUTE.get(0).toBuilder().setModel("x").build())))
        .hasMessageContaining("x is cut off");
  }
}
