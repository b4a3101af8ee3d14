package dev.sluice.trainer.distill;

import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A scene as a small network of places (Mildenhall et al. 2020, "NeRF"), before a plain background
 * whose color is learned too, and the camera that looks at it. Colors are what they are from
 * everywhere: there is no light, as the pictures of a flat world have none. As in DreamFusion
 * (appendix A.2) there is a blob of density at the origin to begin with.
 *
 * <p>Inputs: {@code azimuth [rows]}, {@code elevation [rows]} in radians, {@code places [rows,
 * samples]} as {@link VolumeRenderer#look} has them. Outputs: {@code sample [rows, 3, side, side]},
 * {@code opacity [rows, 1, side, side]}.
 *
 * @param renderer the camera
 * @param octaves of sines and cosines that a place is told by (NeRF, eq. 4)
 * @param width of the hidden layers
 * @param layers how many hidden ones
 * @param blob the density's logit at the origin to begin with, less that of empty space
 * @param spread of the blob
 * @param empty the density's logit of empty space to begin with
 */
record RadianceField(
    VolumeRenderer renderer,
    int octaves,
    int width,
    int layers,
    double blob,
    double spread,
    double empty)
    implements Architecture {

  /** Density per unit of length of a logit of 1, about: what is thinner than a tenth is seen. */
  private static final float DENSITY = 10;

  /** How much further the background's logits go than its weights, which alone are all of it. */
  private static final float BACKGROUND = 4;

  /** Reads {@code camera} and {@code field}. */
  static RadianceField of(Recipe recipe) {
    Recipe camera = recipe.at("camera");
    Recipe field = recipe.at("field");
    return new RadianceField(
        new VolumeRenderer(
            camera.integer("side", 1),
            camera.integer("samples", 1),
            camera.number("distance", 1.1, 100),
            camera.number("angle", 1, 80)),
        field.integer("octaves", 0),
        field.integer("width", 1),
        field.integer("layers", 1),
        field.number("blob", 0, 100),
        field.number("spread", 1e-3, 10),
        field.number("empty", -100, 100));
  }

  /** The same scene at another size. */
  RadianceField seenAt(int side, int samples) {
    return new RadianceField(
        new VolumeRenderer(side, samples, renderer.distance(), renderer.angle()),
        octaves,
        width,
        layers,
        blob,
        spread,
        empty);
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    VolumeRenderer.View view =
        renderer.look(
            tf,
            (ops, places) -> at(root.in("field"), places),
            tf.math.tanh(
                tf.math.mul(
                    root.in("background").weight("color", FirstValue.ZERO, 3),
                    tf.constant(BACKGROUND))),
            inputs.floats(tf, "azimuth"),
            inputs.floats(tf, "elevation"),
            inputs.floats(tf, "places"));
    return Map.of("sample", view.picture(), "opacity", view.opacity());
  }

  private Field.Matter at(Scope scope, Operand<TFloat32> places) {
    Ops tf = scope.tf();
    Operand<TFloat32> x = told(tf, places);
    for (int i = 0; i < layers; i++) {
      x = Activation.SILU.apply(tf, linear(scope.in("hidden").in(i), x, width, true));
    }
    Operand<TFloat32> density = linear(scope.in("density").fromZero(), x, 1, true);
    Operand<TFloat32> color = linear(scope.in("color"), x, 3, true);
    return new Field.Matter(
        tf.math.mul(
            tf.math.softplus(tf.math.add(reshape(tf, density, -1), first(tf, places))),
            tf.constant(DENSITY)),
        tf.math.tanh(color));
  }

  /** A place, and the sines and cosines of its coordinates at each octave. */
  private Operand<TFloat32> told(Ops tf, Operand<TFloat32> places) {
    List<Operand<TFloat32>> parts = new ArrayList<>(List.of(places));
    for (int octave = 0; octave < octaves; octave++) {
      Operand<TFloat32> angle =
          tf.math.mul(places, tf.constant((float) (Math.PI / 2 * (1 << octave))));
      parts.add(tf.math.sin(angle));
      parts.add(tf.math.cos(angle));
    }
    return octaves == 0 ? places : concat(tf, 1, parts);
  }

  private Operand<TFloat32> first(Ops tf, Operand<TFloat32> places) {
    Operand<TFloat32> square = tf.sum(tf.math.square(places), tf.constant(1));
    Operand<TFloat32> bell =
        tf.math.exp(tf.math.mul(square, tf.constant((float) (-1 / (2 * spread * spread)))));
    return tf.math.add(tf.math.mul(bell, tf.constant((float) blob)), tf.constant((float) empty));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    return view(0, 0);
  }

  /** What shows it from somewhere, the samples in the middle of their parts. */
  Map<String, HostTensor> view(double azimuth, double elevation) {
    float[] middle = new float[renderer.samples()];
    java.util.Arrays.fill(middle, 0.5f);
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("azimuth", new HostTensor.Floats(new float[] {(float) azimuth}, 1));
    inputs.put("elevation", new HostTensor.Floats(new float[] {(float) elevation}, 1));
    inputs.put("places", new HostTensor.Floats(middle, 1, middle.length));
    return inputs;
  }
}
