package dev.sluice.serving;

import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.denoise.Previews;
import dev.sluice.pipeline.loop.LoopTrail;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.InvalidInputException;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageContext;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.WorkerFullException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/**
 * One task while an engine works on it: its random numbers, its progress, and what becomes of the
 * engine's errors.
 */
public final class TaskRun {

  private static final Logger LOG = LoggerFactory.getLogger(TaskRun.class);

  private final TaskHeader header;
  private final StageContext context;
  private final TorchGenerator generator;
  private final LoopTrail trail;
  private final List<String> warnings;

  private TaskRun(TaskHeader header, StageContext context, TorchGenerator generator) {
    this.header = header;
    this.context = context;
    this.generator = generator;
    this.warnings = new ArrayList<>(header.getWarningsList());
    this.trail = context.reached().map(bytes -> trail(header, bytes)).orElseGet(LoopTrail::empty);
  }

  /** An attempt of another version of this software may have left something else. */
  private static LoopTrail trail(TaskHeader header, byte[] reached) {
    try {
      return LoopTrail.of(reached);
    } catch (IllegalArgumentException e) {
      LOG.warn("{} begins anew: {}", header.getImageId(), e.getMessage());
      return LoopTrail.empty();
    }
  }

  /** Work that an engine does. */
  @FunctionalInterface
  public interface Work<E> {
    StageResult run(E engine, TaskRun task) throws InterruptedException;
  }

  /**
   * Does a task's work, with the engine of its model.
   *
   * @param size of the picture that the task makes
   * @throws InvalidTaskException also when the engine refuses its arguments: asking again would not
   *     help
   * @throws StageStoppedException also when this thread is interrupted
   */
  public static <E extends StageEngine> StageResult run(
      TaskHeader header, StageContext context, Engines<E> engines, PictureSize size, Work<E> work) {
    TorchGenerator generator = generator(header);
    try (Lease<E> lease = engines.lease(header.getModel(), size, context)) {
      engines.requirePlanned(header, lease.stamp());
      return work.run(lease.engine(), new TaskRun(header, context, generator));
    } catch (NonFiniteOutputException e) {
      throw new InvalidTaskException(ErrorCode.MODEL_FAULT, "model", e.getMessage());
    } catch (TFInvalidArgumentException e) {
      LOG.error("Model {} failed at {}", header.getModel(), header.getImageId(), e);
      throw new InvalidTaskException(
          ErrorCode.MODEL_FAULT,
          "model",
          "a network of model %s cannot work on what this picture gives it; the service's log has the details"
              .formatted(header.getModel()));
    } catch (InvalidTaskException e) {
      throw e;
    } catch (InvalidInputException e) {
      throw InvalidTaskException.inField("inputs." + e.input(), e.getMessage());
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField("parameters", e.getMessage());
    } catch (OutOfMemoryError | TFResourceExhaustedException e) {
      engines.full("a picture's work ran out of memory: " + e.getMessage());
      throw new WorkerFullException(e);
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
      throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
    }
  }

  private static TorchGenerator generator(TaskHeader header) {
    if (header.getGeneratorState().isEmpty()) {
      return new TorchGenerator(header.getSeed());
    }
    try {
      return TorchGenerator.fromState(header.getGeneratorState().toByteArray());
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField("header.generator_state", e.getMessage());
    }
  }

  /** The task's header, with what this stage had to add. */
  public TaskHeader header() {
    return header;
  }

  /** The picture's random numbers, where the stage before left them. */
  public TorchGenerator generator() {
    return generator;
  }

  /** As {@link #listener(Previews)}, with nothing to look at. */
  public StepListener listener() {
    return listener(null);
  }

  /**
   * Tells progress and previews, stops work that is not wanted any more, and lets it go on where an
   * earlier attempt stopped. The same for all loops of a task, which come one after the other.
   *
   * @param previews of what is being denoised; null for none
   */
  public StepListener listener(Previews previews) {
    int every = previews == null ? 0 : header.getPreviewEverySteps();
    return new TaskListener(context, every, previews, trail, claim());
  }

  private Claim claim() {
    return new Claim(
        header.getTenant(),
        header.hasDeadline() ? Timestamps.toMillis(header.getDeadline()) : Long.MAX_VALUE);
  }

  /** Tells whoever asked for the picture something that goes with it, in sentences; once. */
  public void warn(List<String> sentences) {
    sentences.stream().filter(sentence -> !warnings.contains(sentence)).forEach(warnings::add);
  }

  /** The result, with the generator as it is now. */
  public StageResult result(Map<String, Tensor> outputs) {
    return StageResult.newBuilder()
        .setHeader(
            header.toBuilder()
                .clearWarnings()
                .addAllWarnings(warnings)
                .setGeneratorState(UnsafeByteOperations.unsafeWrap(generator.state())))
        .putAllOutputs(outputs)
        .build();
  }
}
