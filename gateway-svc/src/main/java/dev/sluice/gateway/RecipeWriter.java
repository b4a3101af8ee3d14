package dev.sluice.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.StageSettings;
import dev.sluice.contract.v1.TaskHeader;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes down how a picture is going to be made. */
final class RecipeWriter {

  private final ModelDigests digests;
  private final String version;

  /**
   * @param version of Sluice
   */
  RecipeWriter(ModelDigests digests, String version) {
    this.digests = digests;
    this.version = version;
  }

  /**
   * The recipe of a plan's first picture; the others differ in their seed.
   *
   * @param request as it was asked, where it says more than the route
   * @param helpers the other models that take part, by what they do
   * @param size of the picture
   * @return JSON of a {@link Recipe}
   */
  String write(
      GenerationRequest request,
      ModelFolder model,
      Map<String, ModelFolder> helpers,
      ImageSize size,
      TaskHeader header,
      List<RouteStep> route) {
    GenerationRequest.Builder again =
        request.toBuilder()
            .clearRequestId()
            .clearN()
            .clearTimeout()
            .clearCancelOnDisconnect()
            .clearPreviewEverySteps()
            .clearTenant()
            .clearUpscaler()
            .clearImage()
            .clearMask()
            .setModel(model.name())
            .setPriorModel(helpers.containsKey("prior") ? helpers.get("prior").name() : "")
            .setWidth(size.width())
            .setHeight(size.height())
            .setSeed(header.getSeed());
    if (request.getInterpolation().hasImage()) {
      again.getInterpolationBuilder().clearImage();
    }
    for (RouteStep step : route) {
      switch (step.getParametersCase()) {
        case PRIOR -> {
          if (!step.getPrior().getFromImage()) {
            again.setPrior(SettingsOverlay.spelledOut(step.getPrior().getSampling()));
          }
        }
        case DENOISER -> {
          DenoiserParameters denoiser = step.getDenoiser();
          StageSettings settings = SettingsOverlay.spelledOut(denoiser.getSampling());
          if (denoiser.getInvert()) {
            break;
          }
          if (denoiser.hasStart()) {
            again.setRefiner(settings).setRefinerStart(denoiser.getStart());
          } else {
            again.setDenoiser(settings);
          }
        }
        case UPSCALER ->
            step.getUpscaler()
                .getCascadeList()
                .forEach(own -> again.addUpscaler(SettingsOverlay.spelledOut(own)));
        default -> {
          // The text encoder samples nothing.
        }
      }
    }
    Recipe.Builder recipe =
        Recipe.newBuilder()
            .setRequest(again)
            .putAllComponents(digests.of(model))
            .setVersion(version);
    helpers.forEach(
        (part, helper) ->
            digests
                .of(helper)
                .forEach(
                    (component, digest) -> recipe.putComponents(part + "/" + component, digest)));
    if (!request.getImage().isEmpty()) {
      recipe.setImage(ModelDigests.of(request.getImage().toByteArray()));
    }
    if (request.getInterpolation().hasImage()) {
      byte[] end = request.getInterpolation().getImage().toByteArray();
      recipe.setInterpolationImage(ModelDigests.of(end));
    }
    if (!request.getMask().isEmpty()) {
      recipe.setMask(ModelDigests.of(request.getMask().toByteArray()));
    }
    return json(recipe.build());
  }

  /** The same recipe for another picture of the request. */
  static String withSeed(String recipe, long seed) {
    return with(recipe, request -> request.setSeed(seed));
  }

  /** The same recipe for the picture at another position between two embeddings. */
  static String withPosition(String recipe, double position) {
    return with(recipe, request -> request.getInterpolationBuilder().setPosition(position));
  }

  private static String with(String recipe, Consumer<GenerationRequest.Builder> change) {
    Recipe.Builder changed = Recipe.newBuilder();
    try {
      JsonFormat.parser().merge(recipe, changed);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a recipe: " + e.getMessage(), e);
    }
    change.accept(changed.getRequestBuilder());
    return json(changed.build());
  }

  private static String json(Recipe recipe) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(recipe);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a recipe without JSON form", e);
    }
  }
}
