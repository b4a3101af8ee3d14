package dev.sluice.planning.recipe;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.sampling.Sampled;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Writes down how a picture is going to be made. */
public final class RecipeWriter {

  private final ModelDigests digests;
  private final String version;

  /**
   * @param version of Sluice
   */
  public RecipeWriter(ModelDigests digests, String version) {
    this.digests = digests;
    this.version = version;
  }

  /**
   * The recipe of a request; its pictures differ in their seed, or in their position.
   *
   * @param request as it was asked, where it says more than the route
   * @param helpers the other models that take part, by what they do
   * @param size of the picture
   */
  public Recipe write(
      GenerationRequest request,
      ModelFolder model,
      Map<String, ModelFolder> helpers,
      ImageSize size,
      long seed,
      List<RouteStep> route) {
    GenerationRequest.Builder again =
        lasting(request)
            .clearUpscaler()
            .clearImage()
            .clearMask()
            .setModel(model.name())
            .setPriorModel(helpers.containsKey("prior") ? helpers.get("prior").name() : "")
            .setWidth(size.width())
            .setHeight(size.height())
            .setSeed(seed);
    if (request.getInterpolation().hasImage()) {
      again.getInterpolationBuilder().clearImage();
    }
    spellOut(route, again);
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
    return recipe.build();
  }

  /**
   * The recipe of a plan that goes on from what was kept.
   *
   * @param origin the recipe of the picture that it was kept of
   * @param route the rest of the way
   */
  public Recipe writeFork(GenerationRequest request, Recipe origin, List<RouteStep> route) {
    GenerationRequest.Builder again =
        lasting(request).clearUpscaler().setModel(origin.getRequest().getModel());
    spellOut(route, again);
    // Where it takes over was settled when the picture was kept.
    again.clearRefinerStart();
    return Recipe.newBuilder()
        .setRequest(again)
        .putAllComponents(origin.getComponentsMap())
        .setVersion(version)
        .setOrigin(origin)
        .build();
  }

  /** A request for one picture, without what makes no difference to it. */
  private static GenerationRequest.Builder lasting(GenerationRequest request) {
    return request.toBuilder()
        .clearRequestId()
        .clearN()
        .clearTimeout()
        .clearCancelOnDisconnect()
        .clearPreviewEverySteps()
        .clearPreviews()
        .clearTenant()
        .clearKeep();
  }

  /** Puts how each step samples in the place of what a request says. */
  private static void spellOut(List<RouteStep> route, GenerationRequest.Builder again) {
    for (RouteStep step : route) {
      Sampled.by(step).ifPresent(kind -> kind.ask(again, step));
    }
  }

  /**
   * The JSON of a request's recipe for one of its pictures.
   *
   * @param seed of the picture, unless the recipe has none: then all go on with the same numbers
   * @param position of the picture between two embeddings, if there are two
   */
  public static String json(Recipe recipe, long seed, OptionalDouble position) {
    Recipe.Builder own = recipe.toBuilder();
    GenerationRequest.Builder request = own.getRequestBuilder();
    if (request.hasSeed()) {
      request.setSeed(seed);
    }
    position.ifPresent(at -> request.getInterpolationBuilder().setPosition(at));
    return json(own.build());
  }

  /** The recipe that {@link #json} wrote. */
  public static Recipe read(String recipe) {
    Recipe.Builder read = Recipe.newBuilder();
    try {
      JsonFormat.parser().merge(recipe, read);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a recipe: " + e.getMessage(), e);
    }
    return read.build();
  }

  private static String json(Recipe recipe) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(recipe);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a recipe without JSON form", e);
    }
  }
}
