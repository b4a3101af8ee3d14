package dev.sluice.trainer.evaluate;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.trainer.shapes.Pixels;

/** Pictures that requests come with, {@code [3, side, side]} in [-1, 1]. */
public final class GivenPictures {

  private GivenPictures() {}

  /** A request with a picture: to be made larger, varied, or gone on from. */
  public static GenerationRequest in(GenerationRequest request, float[] picture) {
    return request.toBuilder().setImage(file(picture)).build();
  }

  /**
   * A request with a picture that is painted into, from nothing but noise.
   *
   * @param mask of the same form, light where it is painted
   */
  public static GenerationRequest in(GenerationRequest request, float[] picture, float[] mask) {
    return in(request, picture).toBuilder().setMask(file(mask)).setStrength(1).build();
  }

  /** A way to a picture's embedding. */
  public static Interpolation wayTo(float[] picture) {
    return Interpolation.newBuilder().setImage(file(picture)).build();
  }

  private static ByteString file(float[] picture) {
    return ByteString.copyFrom(Pixels.png(picture));
  }
}
