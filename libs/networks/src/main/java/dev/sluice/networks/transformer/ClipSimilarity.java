package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.toChannelsFirst;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Gradients;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * How alike a picture and a caption are to CLIP, and in which direction of the picture's values
 * they become more alike (Nichol et al. 2022, "GLIDE", section 2.3). Its weights are those of a
 * {@link ClipVisionModel} with projection.
 *
 * <p>Inputs: {@code sample [batch, 3, height, width]} in [-1, 1], brought to the encoder's size
 * bilinearly, and {@code text_embeds [batch, projection]}. Outputs: {@code similarity [batch]}, the
 * cosine of the angle between both embeddings, and {@code gradient}, its derivative in the shape of
 * the sample.
 */
public final class ClipSimilarity implements Architecture {

  private final ClipVisionModel vision;
  private final float[] mean;
  private final float[] deviation;

  /**
   * @param vision with projection
   * @param mean of pixels in [0, 1], by channel, that the encoder was trained with
   * @param deviation as {@code mean}
   */
  public ClipSimilarity(ClipVisionModel vision, float[] mean, float[] deviation) {
    this.vision = vision;
    this.mean = mean.clone();
    this.deviation = deviation.clone();
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    int size = vision.config().imageSize();
    Operand<TFloat32> picture = inputs.image(tf, "sample", vision.config().channels());
    Operand<TFloat32> sized =
        tf.image.resizeBilinear(
            picture, tf.constant(new int[] {size, size}), ResizeBilinear.halfPixelCenters(true));
    Operand<TFloat32> unit = tf.math.mul(tf.math.add(sized, tf.constant(1f)), tf.constant(0.5f));
    Operand<TFloat32> normal =
        tf.math.div(tf.math.sub(unit, tf.constant(mean)), tf.constant(deviation));
    Operand<TFloat32> embeds =
        vision
            .build(
                root.withGradient(), Inputs.of(Map.of("pixel_values", toChannelsFirst(tf, normal))))
            .get("image_embeds");
    Operand<TFloat32> text = inputs.vectors(tf, "text_embeds", vision.config().projection());
    Operand<TFloat32> similarity =
        sum(tf, tf.math.mul(unitLength(tf, embeds), unitLength(tf, text)));
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    outputs.put("similarity", similarity);
    // A sum over the rows, of which each has a sample of its own.
    Operand<TFloat32> total = tf.reduceSum(similarity, tf.constant(new int[] {0}));
    outputs.put("gradient", Gradients.of(tf, total, inputs.floats(tf, "sample")));
    return outputs;
  }

  private static Operand<TFloat32> unitLength(Ops tf, Operand<TFloat32> vectors) {
    Operand<TFloat32> squares =
        tf.math.mean(tf.math.square(vectors), tf.constant(new int[] {-1}), Mean.keepDims(true));
    Operand<TFloat32> length =
        tf.math.sqrt(tf.math.mul(squares, tf.constant((float) vectors.shape().size(1))));
    return tf.math.div(vectors, length);
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> rows) {
    return tf.reduceSum(rows, tf.constant(new int[] {1}));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    HostTensor pixels = vision.exampleInputs().get("pixel_values");
    int width = vision.config().projection();
    return Map.of(
        "sample", pixels, "text_embeds", new HostTensor.Floats(new float[width], 1, width));
  }
}
