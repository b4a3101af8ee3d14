package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.GenerationRequest;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where pictures on the way from one end to another go, and what stays as it is. */
final class InterpolationArguments {

  @Option(
      names = "--interpolate-to",
      paramLabel = "TEXT",
      description =
          "Make --frames pictures on the way from the prompt, or --image, to this prompt.")
  private String endPrompt;

  @Option(
      names = "--interpolate-to-image",
      paramLabel = "FILE",
      description = "The same to this picture.")
  private Path endImage;

  @Option(
      names = "--interpolate-to-seed",
      paramLabel = "NUMBER",
      description = "The pictures' first noise goes, too or alone, to that of this seed.")
  private Long endSeed;

  @ArgGroup(exclusive = false)
  private ChangeArguments change;

  /** Words for a picture that is there, and for the one wanted. */
  private static final class ChangeArguments {

    @Option(
        names = "--change-from",
        required = true,
        paramLabel = "TEXT",
        description =
            "What --image shows; --frames pictures go from there along a change of words.")
    private String from;

    @Option(
        names = "--change-to",
        required = true,
        paramLabel = "TEXT",
        description = "What it shall show.")
    private String to;
  }

  @Option(
      names = "--keep-structure",
      description = "Variations and ways between pictures keep the layout of the pictures given.")
  private boolean keepStructure;

  void apply(GenerationRequest.Builder request) {
    set(endPrompt, text -> request.getInterpolationBuilder().setPrompt(text));
    set(endImage, file -> request.getInterpolationBuilder().setImage(GivenFile.read(file)));
    set(endSeed, other -> request.getInterpolationBuilder().setSeed(other));
    set(
        change,
        words ->
            request
                .getInterpolationBuilder()
                .setChange(Change.newBuilder().setFrom(words.from).setTo(words.to)));
    request.setKeepStructure(keepStructure);
  }
}
