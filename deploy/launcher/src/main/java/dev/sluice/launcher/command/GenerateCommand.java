package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice generate}: a prompt in, PNG files out. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Make pictures from a prompt, or from all that a file asks for.",
      "Uses the instance that `sluice up` holds; without one, starts everything and stops it again."
    })
public final class GenerateCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "PROMPT",
      arity = "0..1",
      description = "What the picture shall show; leave it out for models that take no text.")
  private String prompt;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = {
        "Make what the lines of this file ask for: each a prompt in quotes, or a request in JSON with"
            + " any of its fields, which go before the options given here, and `out`.",
        "Pictures that were made from the same lines before are not made again."
      })
  private Path file;

  @Option(
      names = "--at-once",
      paramLabel = "NUMBER",
      defaultValue = "4",
      description = "Lines of --file that are asked for at once (default: ${DEFAULT-VALUE}).")
  private int atOnce;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "A picture to start from, or to enlarge if that is what the model does.")
  private Path image;

  @Option(
      names = "--variation",
      description = "Make other pictures of what the picture given shows.")
  private boolean variation;

  @Option(
      names = "--upscale",
      description = "Only make the picture given larger, by the model's super-resolution.")
  private boolean upscale;

  @Mixin private NoiseArguments noise;

  @Mixin private PaintArguments paint;

  @Mixin private InterpolationArguments interpolation;

  @Mixin private StructureArguments structure;

  @ArgGroup(exclusive = false)
  private ChangeArguments change;

  @Mixin private PictureArguments pictures;

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

  @Override
  public Integer call() throws IOException {
    if (file == null) {
      return new PictureWork(pictures).make(request());
    }
    if (prompt != null) {
      throw new LaunchException(
          "The prompts are in --file; a PROMPT beside it has no place. Leave one of them out.");
    }
    return new FileWork(pictures, file, atOnce).make(request());
  }

  GenerationRequest.Builder request() {
    GenerationRequest.Builder request = pictures.request(1);
    set(prompt, request::setPrompt);
    set(image, given -> request.setImage(GivenFile.read(given)));
    request.setVariation(variation);
    request.setUpscale(upscale);
    noise.apply(request);
    paint.apply(request);
    interpolation.apply(request);
    structure.apply(request);
    set(change, words -> TextDiffCommand.change(request, words.from, words.to));
    return request;
  }
}
