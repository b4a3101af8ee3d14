package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.GenerationRequest;
import picocli.CommandLine.Option;

/** How a picture is enlarged. */
final class NoiseArguments {

  @Option(
      names = "--noise-level",
      paramLabel = "TIMESTEP",
      description = "Noise on a picture to be enlarged.")
  private Integer level;

  void apply(GenerationRequest.Builder request) {
    set(level, request::setNoiseLevel);
  }
}
