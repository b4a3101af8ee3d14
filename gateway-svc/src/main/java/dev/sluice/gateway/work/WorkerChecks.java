package dev.sluice.gateway.work;

import dev.sluice.contract.ModelName;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.process.PictureMemory;
import dev.sluice.stage.status.StatusBoard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the workers that live can do what was planned, by their own word. A stage without any
 * refuses nothing: its workers may be about to come, and work waits for them.
 */
public final class WorkerChecks {

  /** Longer than a worker is silent for: it may have found a model that was just put there. */
  private static final Duration NEWS = Duration.ofSeconds(6);

  private final StatusBoard workers;
  private final Duration patience;

  public WorkerChecks(StatusBoard workers) {
    this(workers, NEWS);
  }

  WorkerChecks(StatusBoard workers, Duration patience) {
    this.workers = workers;
    this.patience = patience;
  }

  /**
   * Checks every step of a picture's way.
   *
   * @param model of the steps that name none
   * @throws RequestException if all workers leave a step's model out, or none has the memory for
   *     the picture
   */
  void check(String model, List<RouteStep> route) {
    String current = model;
    for (RouteStep step : route) {
      current = step.getModel().isEmpty() ? current : step.getModel();
      if (hasWorkers(step)) {
        check(current, step);
      }
    }
  }

  /** Those of other pools of the stage say nothing of this one, which may be asleep. */
  private boolean hasWorkers(RouteStep step) {
    return workers.workers(step.getStage()).stream()
        .map(worker -> new Pool(worker.getStage(), worker.getPool(), Set.of()).topic())
        .anyMatch(step.getTopic()::equals);
  }

  private void check(String model, RouteStep step) {
    // With LoRAs a model is as large as without, and each stage adds what belongs to its networks.
    List<ModelStatus> known = known(step.getStage(), ModelName.own(model));
    String stage = Topics.name(step.getStage());
    if (known.isEmpty()) {
      // A folder that has just come: whoever gets the task looks for it, and says what is wrong.
      return;
    }
    List<ModelStatus> served = known.stream().filter(StatusBoard::isServed).toList();
    if (served.isEmpty()) {
      throw RequestException.modelUnusable(known.get(0).getReason());
    }
    if (step.hasDenoiser()) {
      List<Optional<String>> refusals =
          served.stream().map(status -> refusal(status, stage, step.getDenoiser())).toList();
      if (refusals.stream().allMatch(Optional::isPresent)) {
        throw RequestException.invalid("width", refusals.get(0).orElseThrow() + ".");
      }
    }
  }

  private List<ModelStatus> known(Stage stage, String model) {
    List<ModelStatus> known = workers.of(stage, model);
    try {
      return known.isEmpty() && workers.awaitNews(stage, patience)
          ? workers.of(stage, model)
          : known;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while workers were asked", e);
    }
  }

  /** Sizes that a request leaves open are the model's own, which a worker that serves it can do. */
  private static Optional<String> refusal(
      ModelStatus status, String stage, DenoiserParameters parameters) {
    return status.hasNeeds() && parameters.getWidth() > 0 && parameters.getHeight() > 0
        ? PictureMemory.refusal(
            status.getNeeds(), stage, parameters.getWidth(), parameters.getHeight())
        : Optional.empty();
  }
}
