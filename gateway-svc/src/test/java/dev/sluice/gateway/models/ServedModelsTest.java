package dev.sluice.gateway.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.stage.status.StatusBoard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ServedModelsTest {

  private final ModelCatalog catalog =
      new ModelCatalog(Path.of(System.getProperty("sluice.goldens")));

  private final RoutePlanner planner =
      new RoutePlanner(
          catalog,
          "pipe-sd",
          new RecipeWriter(new ModelDigests(), "0"),
          (tenant, from) -> Optional.empty());

  private final StatusBoard board = new StatusBoard();
  private final ServedModels served = new ServedModels(planner, board, catalog);

  private void hear(String worker, ModelStatus.State state) {
    StageStatus status =
        StageStatus.newBuilder()
            .setStage(Stage.DENOISER)
            .setWorker(worker)
            .setValidFor(Durations.fromSeconds(60))
            .addModels(
                ModelStatus.newBuilder()
                    .setName("pipe-sd")
                    .setState(state)
                    .setReason("Model pipe-sd cannot be served: unet: unknown activation"))
            .build();
    board.take(
        new ConsumerRecord<>(
            Topics.STATUS, 0, 0, worker.getBytes(StandardCharsets.UTF_8), status.toByteArray()));
  }

  @Test
  void reply_tellsApartWhatAllWorkersOfAStageLeaveOut() {
    hear("a", ModelStatus.State.LEFT_OUT);

    assertThat(served.reply().getModelsList()).extracting(Model::getName).doesNotContain("pipe-sd");
    assertThat(served.reply().getUnusableList())
        .filteredOn(model -> model.getName().equals("pipe-sd"))
        .singleElement()
        .satisfies(
            model ->
                assertThat(model.getProblemsList()).containsExactly("unet: unknown activation"));

    hear("b", ModelStatus.State.ON_DEMAND);
    assertThat(served.reply().getModelsList()).extracting(Model::getName).contains("pipe-sd");
  }
}
