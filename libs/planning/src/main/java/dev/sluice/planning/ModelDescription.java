package dev.sluice.planning;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Model;
import dev.sluice.diffusion.Samplers;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.route.PlainRoute;
import dev.sluice.planning.route.Sizes;
import dev.sluice.planning.sampling.Sampled;
import java.util.List;
import java.util.Locale;

/** A model in words: what it makes, what can be asked of it and how it samples unasked. */
final class ModelDescription {

  private ModelDescription() {}

  /**
   * That of a model that can be served and makes pictures.
   *
   * @param inspection of its folder
   */
  static Model of(ModelInspection inspection) {
    ModelFolder model = inspection.model().orElseThrow();
    ImageSize size = Sizes.natural(model);
    return Model.newBuilder()
        .setName(model.name())
        .setPipeline(model.pipeline().className())
        .setWidth(size.width())
        .setHeight(size.height())
        .addAllNotes(inspection.notes())
        .addAllStages(PlainRoute.stages(model.pipeline()))
        .addAllAbilities(model.abilities().stream().map(ModelDescription::name).toList())
        .setUsual(usual(model))
        .addAllSamplers(samplers(model))
        .build();
  }

  /** None where nothing is denoised. */
  private static List<String> samplers(ModelFolder model) {
    String scheduler = model.pipeline().denoiser().scheduler();
    return scheduler == null ? List.of() : Samplers.replacing(model.scheduler(scheduler));
  }

  private static String name(Ability ability) {
    return ability.name().toLowerCase(Locale.ROOT);
  }

  /** Nothing where its own settings are at fault: its requests are told so, one by one. */
  private static GenerationRequest usual(ModelFolder model) {
    GenerationRequest.Builder usual = GenerationRequest.newBuilder();
    try {
      PlainRoute.of(model, GenerationRequest.getDefaultInstance())
          .forEach(step -> Sampled.by(step).ifPresent(kind -> kind.ask(usual, step)));
    } catch (RequestException e) {
      return GenerationRequest.getDefaultInstance();
    }
    return usual.build();
  }
}
