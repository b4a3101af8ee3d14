package dev.sluice.parity;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Map;

/** Makes a recorded generation again. */
@FunctionalInterface
interface PipelineRunner {

  /**
   * Runs the model with the arguments of the recording.
   *
   * @param golden gives the inputs, {@code in.*}
   * @param recorder listens to every sampler
   * @return the outputs by the recording's names
   */
  Map<String, HostTensor.Floats> run(
      ModelFolder model, RecordedRun run, TensorSource golden, Recorder recorder)
      throws InterruptedException;

  /**
   * The runner of a pipeline class.
   *
   * @throws IllegalArgumentException if pipelines of that class cannot be run
   */
  static PipelineRunner of(String className, Path file) {
    return switch (className) {
      case "UnCLIPPipeline" -> UnClipRunner::generate;
      case "UnCLIPImageVariationPipeline" -> UnClipRunner::vary;
      case "KandinskyV22PriorPipeline" -> StagesRunner::embeddings;
      default -> {
        if (!CallDefaults.knows(className)) {
          throw new IllegalArgumentException(
              file + ": pipelines of class " + className + " cannot be run");
        }
        yield StagesRunner::pictures;
      }
    };
  }
}
