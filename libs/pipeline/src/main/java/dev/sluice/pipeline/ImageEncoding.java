package dev.sluice.pipeline;

import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.graph.Network;
import java.util.Map;

/** CLIP's image encoder: what a prior predicts, from a picture that is there already. */
public final class ImageEncoding implements AutoCloseable {

  private final Network network;

  private ImageEncoding(Network network) {
    this.network = network;
  }

  /** Loads the image encoder of a model. */
  public static ImageEncoding load(ModelFolder model) {
    return model.load(folder -> new ImageEncoding(folder.network("image_encoder")));
  }

  /**
   * Encodes a picture.
   *
   * @param pixels {@code [1, 3, size, size]} of the encoder's size, normalised as it was trained
   *     with
   * @return {@code [1, width]}
   */
  public HostTensor.Floats encode(HostTensor.Floats pixels) {
    return network.run(Map.of("pixel_values", pixels)).get("image_embeds");
  }

  @Override
  public void close() {
    network.close();
  }
}
