package dev.sluice.planning.feature;

import dev.sluice.contract.v1.GenerationRequest;
import java.util.List;

/** All that requests may ask for. */
public final class Features {

  /** In the order in which they are checked, and change the route. */
  private static final List<Feature> OF_PICTURES =
      List.of(
          new Subject(),
          new Variation(),
          new Interpolated(),
          new AutoregressivePrior(),
          new Candidates(),
          new Inversion(),
          new ClipGuidance(),
          new Painting(),
          new EnlargementSettings(),
          new RequestedSizes(),
          new Refinement(),
          new PriorChoice(),
          new FeatureReuse(),
          new DrawnCodes(),
          new StartingImage(),
          new SuperResolution(),
          new Keeping());

  /** A picture that is there already has none of the others. */
  private static final List<Feature> OF_ENLARGEMENTS =
      List.of(new Enlargement(), new EnlargementSettings(), new RequestedSizes());

  /** What a picture goes on with from a stage on is settled, but for how it samples. */
  private static final List<Feature> OF_FORKS =
      List.of(new EnlargementSettings(), new FeatureReuse(), new DrawnCodes());

  private Features() {}

  /** Those that a request may ask for. */
  public static List<Feature> of(GenerationRequest request) {
    if (request.hasFrom()) {
      return OF_FORKS;
    }
    return request.getUpscale() ? OF_ENLARGEMENTS : OF_PICTURES;
  }
}
