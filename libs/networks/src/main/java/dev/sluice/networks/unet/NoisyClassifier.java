package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.linear;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Gradients;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Tells classes of pictures apart at any noise level, to guide a denoiser by its gradient: the way
 * down of a UNet, averaged over all pixels, as ADM's classifiers are built (Dhariwal and Nichol
 * 2021, section 4.3 and appendix H, with their "adaptive" pooling).
 *
 * <p>diffusers has no such class; this one's config has the keys of its {@code UNet2DModel} but for
 * those of the way up, and {@code num_classes}. Its tensors are named as a {@code UNet2DModel}'s,
 * with {@code classifier.weight [classes, channels]} and {@code classifier.bias} at the end.
 *
 * <p>Inputs: {@code sample [batch, channels, height, width]}, {@code timestep [batch]} and, to have
 * a gradient, {@code class_labels [batch]}. Outputs: {@code logits [batch, classes]}, {@code
 * features [batch, channels]}, of which those are a linear function, and {@code gradient}, that of
 * the labels' log-likelihood with respect to the sample, in its shape.
 */
public final class NoisyClassifier implements Architecture {

  private static final String LABELS = "class_labels";

  private final UNet2DModel encoder;
  private final int classes;

  /** Reads a config. */
  public NoisyClassifier(Config config) {
    this.encoder = new UNet2DModel(UNet2DConfig.ofEncoder(config));
    this.classes = config.count("num_classes");
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> pooled =
        tf.math.mean(
            encoder.encode(root.withGradient(), inputs),
            tf.constant(new int[] {1, 2}),
            Mean.keepDims(false));
    Operand<TFloat32> logits = linear(root.in("classifier"), pooled, classes);
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    outputs.put("logits", logits);
    outputs.put("features", pooled);
    if (inputs.has(LABELS)) {
      Operand<TFloat32> chosen =
          tf.oneHot(
              inputs.longs(tf, LABELS), tf.constant(classes), tf.constant(1f), tf.constant(0f));
      // A sum over the rows, of which each has a sample of its own.
      Operand<TFloat32> likelihood =
          tf.reduceSum(
              tf.math.mul(tf.nn.logSoftmax(logits), chosen), tf.constant(new int[] {0, 1}));
      outputs.put("gradient", Gradients.of(tf, likelihood, inputs.floats(tf, "sample")));
    }
    return outputs;
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    return encoder.exampleInputs();
  }
}
