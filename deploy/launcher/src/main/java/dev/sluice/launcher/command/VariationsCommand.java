package dev.sluice.launcher.command;

import dev.sluice.contract.v1.GenerationRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice variations}: other pictures of what one shows. */
@Command(
    name = "variations",
    mixinStandardHelpOptions = true,
    description = "Make other pictures of what a picture shows, by models with picture embeddings.")
public final class VariationsCommand implements Callable<Integer> {

  @Mixin private GivenFile image;

  @Mixin private StructureArguments structure;

  @Mixin private PictureArguments pictures;

  @Override
  public Integer call() throws IOException {
    return new PictureWork(pictures).make(request());
  }

  GenerationRequest.Builder request() {
    GenerationRequest.Builder request =
        pictures.request(1).setImage(image.read()).setVariation(true);
    structure.apply(request);
    return request;
  }
}
