package dev.sluice.launcher.command;

import dev.sluice.contract.v1.GenerationRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice upscale}: a picture made larger. */
@Command(
    name = "upscale",
    mixinStandardHelpOptions = true,
    description =
        "Make a picture larger, by the model's own super-resolution or by a model for that alone.")
public final class UpscaleCommand implements Callable<Integer> {

  /** The catalog's word for models that do nothing else. */
  private static final String ONLY_ENLARGES = "super_resolution";

  @Mixin private GivenFile image;

  @Parameters(
      index = "1",
      paramLabel = "PROMPT",
      arity = "0..1",
      defaultValue = "",
      description = "What it shows, for models that are told in words.")
  private String prompt;

  @Mixin private NoiseArguments noise;

  @Mixin private PictureArguments pictures;

  @Override
  public Integer call() throws IOException {
    GenerationRequest.Builder request =
        pictures.request(1).setPrompt(prompt).setImage(image.read());
    noise.apply(request);
    return new PictureWork(pictures)
        .make(
            gateway -> {
              // A model that only enlarges is asked as any other; one that also enlarges, to do
              // that.
              boolean onlyEnlarges =
                  gateway.models().models().stream()
                      .filter(model -> model.name().equals(request.getModel()))
                      .anyMatch(model -> model.abilities().contains(ONLY_ENLARGES));
              if (!onlyEnlarges) {
                request.setUpscale(true);
              }
              return request.build();
            });
  }
}
