package dev.sluice.pipeline.embed;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.AskedNetwork;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.model.Components;
import java.util.Map;

/** CLIP's image encoder: what a prior predicts, from a picture that is there already. */
public final class ImageEncoder implements AutoCloseable {

  public static final String COMPONENT = ModelFolder.IMAGE_ENCODER;

  /** Pixels a side that CLIP looks at, if a config says nothing. */
  public static final int CLIP_SIZE = 224;

  private final AskedNetwork network;
  private final int size;
  private final ImagePreprocessing preprocessing;

  private ImageEncoder(ModelFolder model, BatchLimit limit) {
    this.size = model.config(COMPONENT).integer("image_size", CLIP_SIZE);
    this.preprocessing = ImagePreprocessing.of(model, size);
    this.network = new AskedNetwork(Components.network(model, COMPONENT), limit);
  }

  /** Loads the image encoder of a model. */
  public static ImageEncoder load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new ImageEncoder(folder, limit));
  }

  /**
   * Embeds a picture of any size.
   *
   * @param picture {@code [1, 3, height, width]} in [-1, 1]
   * @return {@code [1, width]}
   */
  public HostTensor.Floats embed(HostTensor.Floats picture) {
    return encode(preprocessing.apply(picture));
  }

  /**
   * Encodes what has been prepared for the network.
   *
   * @param pixels {@code [1, 3, size, size]} of the encoder's size, normalised as it was trained
   *     with
   * @return {@code [1, width]}
   */
  public HostTensor.Floats encode(HostTensor.Floats pixels) {
    return network.ask(Map.of("pixel_values", pixels), Claim.ANYBODYS).get("image_embeds");
  }

  /** Kandinsky's embedding that stands for no picture, {@code [1, width]}: that of zeros. */
  public HostTensor.Floats noPicture() {
    return encode(new HostTensor.Floats(new float[3 * size * size], 1, 3, size, size));
  }

  StepBatcher batcher() {
    return network.batcher();
  }

  @Override
  public void close() {
    network.close();
  }
}
