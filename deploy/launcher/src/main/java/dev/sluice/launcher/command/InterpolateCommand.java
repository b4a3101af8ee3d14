package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.GenerationRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice interpolate}: pictures between two ends. */
@Command(
    name = "interpolate",
    mixinStandardHelpOptions = true,
    description = {
      "Make pictures on the way from one end, a prompt or --image, to another.",
      "--frames says how many (default: 5); at least one of the --to options is needed."
    })
public final class InterpolateCommand implements Callable<Integer> {

  private static final int FRAMES = 5;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PROMPT",
      arity = "0..1",
      defaultValue = "",
      description = "Where the way begins; with --image, there.")
  private String prompt;

  @Option(names = "--image", paramLabel = "FILE", description = "Begins at this picture.")
  private Path image;

  @Mixin private InterpolationArguments interpolation;

  @Mixin private StructureArguments structure;

  @Mixin private PictureArguments pictures;

  @Override
  public Integer call() throws IOException {
    if (!interpolation.areGiven()) {
      throw new ParameterException(
          spec.commandLine(), "Where does the way go? Give --to, --to-image or --to-seed.");
    }
    return new PictureWork(pictures).make(request());
  }

  GenerationRequest.Builder request() {
    GenerationRequest.Builder request = pictures.request(FRAMES).setPrompt(prompt);
    set(image, given -> request.setImage(GivenFile.read(given)));
    interpolation.apply(request);
    structure.apply(request);
    return request;
  }
}
