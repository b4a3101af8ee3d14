package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.GenerationRequest;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where pictures on the way from one end to another go. */
final class InterpolationArguments {

  @Option(
      names = {"--interpolate-to", "--to"},
      paramLabel = "TEXT",
      description =
          "Make --frames pictures on the way from the prompt, or --image, to this prompt.")
  private String endPrompt;

  @Option(
      names = {"--interpolate-to-image", "--to-image"},
      paramLabel = "FILE",
      description = "The same to this picture.")
  private Path endImage;

  @Option(
      names = {"--interpolate-to-seed", "--to-seed"},
      paramLabel = "NUMBER",
      description = "The pictures' first noise goes, too or alone, to that of this seed.")
  private Long endSeed;

  void apply(GenerationRequest.Builder request) {
    set(endPrompt, text -> request.getInterpolationBuilder().setPrompt(text));
    set(endImage, file -> request.getInterpolationBuilder().setImage(GivenFile.read(file)));
    set(endSeed, other -> request.getInterpolationBuilder().setSeed(other));
  }

  /** Whether there is an end to go to. */
  boolean areGiven() {
    return endPrompt != null || endImage != null || endSeed != null;
  }
}
