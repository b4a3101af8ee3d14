package dev.sluice.launcher.command;

import dev.sluice.contract.v1.GenerationRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice edit}: a picture made anew, in whole or in part. */
@Command(
    name = "edit",
    mixinStandardHelpOptions = true,
    description = "Make a picture anew by words: all of it, by --strength, or where a --mask says.")
public final class EditCommand implements Callable<Integer> {

  @Mixin private GivenFile image;

  @Parameters(
      index = "1",
      paramLabel = "PROMPT",
      arity = "0..1",
      defaultValue = "",
      description = "What it shall show; leave it out for models that take no text.")
  private String prompt;

  @Mixin private PaintArguments paint;

  @Mixin private PictureArguments pictures;

  @Override
  public Integer call() throws IOException {
    return new PictureWork(pictures).make(request());
  }

  GenerationRequest.Builder request() {
    GenerationRequest.Builder request =
        pictures.request(1).setPrompt(prompt).setImage(image.read());
    paint.apply(request);
    return request;
  }
}
