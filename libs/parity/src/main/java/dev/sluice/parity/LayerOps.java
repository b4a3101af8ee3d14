package dev.sluice.parity;

import static dev.sluice.networks.layer.Layers.toChannelsFirst;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Norms;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.parity.network.Reference;
import dev.sluice.safetensors.TensorSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Recorded operations as one network of layers: each output is a layer, applied to a recorded input
 * with weights by their recorded names.
 *
 * @param outputs the expected outputs, whose names say what they are of
 * @param descriptions of the outputs, by name; they give arguments that the names do not
 * @param inputs all recorded inputs
 */
record LayerOps(
    Map<String, Reference> outputs,
    Map<String, String> descriptions,
    Map<String, HostTensor> inputs)
    implements Architecture {

  private static final Set<String> KNOWN =
      Set.of("act", "avgpool2", "conv", "group_norm", "layer_norm", "rms_norm", "temb");

  /** {@code out.<operation>.<arguments>}. */
  private static final Pattern NAME = Pattern.compile("out\\.(\\w+)(?:\\.(.*))?");

  private static final Pattern GROUPS = Pattern.compile("(tiny_input\\.)?g(\\d+)\\.eps(.+)");
  private static final Pattern CONVOLUTION =
      Pattern.compile("s(\\d+)p(\\d+)(?:\\.pad(\\d)(\\d)\\3\\4)?");
  private static final Pattern SINUSOIDS = Pattern.compile("dim\\d+\\.flip([01])\\.shift(.+)");
  private static final Pattern EPSILON = Pattern.compile("eps (\\S+)");

  /** Whether the output {@code name} is of an operation that layers do. */
  static boolean knows(String name) {
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        && KNOWN.contains(parts.group(1))
        && !name.startsWith(ArrayOps.SCALED_SINUSOIDS);
  }

  static LayerOps of(Map<String, String> descriptions, TensorSource golden) {
    Map<String, Reference> outputs = new LinkedHashMap<>();
    descriptions.keySet().forEach(name -> outputs.put(name, Reference.of(golden, name)));
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    golden.names().stream()
        .filter(name -> name.startsWith("in."))
        .forEach(name -> inputs.put(name, Reference.of(golden, name).tensor()));
    return new LayerOps(outputs, descriptions, inputs);
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    return inputs;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Map<String, Operand<TFloat32>> results = new LinkedHashMap<>();
    outputs.forEach((name, expected) -> results.put(name, apply(name, expected, root, inputs)));
    return results;
  }

  private Operand<TFloat32> apply(String name, Reference expected, Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Matcher parts = NAME.matcher(name);
    parts.matches();
    String arguments = parts.group(2) == null ? "" : parts.group(2);
    String description = descriptions.get(name);
    return switch (parts.group(1)) {
      case "act" -> activation(tf, arguments, inputs.floats(tf, "in.act"));
      case "avgpool2" ->
          toChannelsFirst(tf, Layers.averagePool2(tf, inputs.image(tf, "in.interp")));
      case "conv" -> convolution(root, inputs, match(CONVOLUTION, arguments, name));
      case "group_norm" -> groupNorm(root, inputs, match(GROUPS, arguments, name));
      case "layer_norm" ->
          arguments.equals("noaffine")
              ? Norms.normalizeRows(tf, inputs.floats(tf, "in.ln.x"), epsilon(description))
              : Norms.layerNorm(
                  root.in("in.gn"), inputs.floats(tf, "in.ln.x"), epsilon(description));
      case "rms_norm" ->
          Norms.rmsNorm(root.in("in.gn"), inputs.floats(tf, "in.ln.x"), epsilon(description));
      case "temb" -> sinusoids(tf, inputs, arguments, expected, name);
      default -> throw new IllegalArgumentException(name + " is not an operation of layers");
    };
  }

  private static Matcher match(Pattern pattern, String arguments, String name) {
    Matcher matcher = pattern.matcher(arguments);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "%s: no operation is known by this name; its arguments should be like %s"
              .formatted(name, pattern));
    }
    return matcher;
  }

  private static double epsilon(String description) {
    Matcher epsilon = EPSILON.matcher(description);
    if (!epsilon.find()) {
      throw new IllegalArgumentException(
          "a norm is described as \"" + description + "\", without its eps");
    }
    return Double.parseDouble(epsilon.group(1));
  }

  private static Operand<TFloat32> activation(Ops tf, String name, Operand<TFloat32> x) {
    return switch (name) {
      case "gelu_exact" -> Activation.GELU.apply(tf, x);
      case "gelu_tanh" -> Activation.GELU_TANH.apply(tf, x);
      // Used within mish only.
      case "softplus" -> tf.math.softplus(x);
      default -> Activation.named(name).apply(tf, x);
    };
  }

  private Operand<TFloat32> convolution(Scope root, Inputs inputs, Matcher arguments) {
    int[] filters = this.inputs.get("in.conv.weight").shape();
    int padding = Integer.parseInt(arguments.group(2));
    boolean padded = arguments.group(3) != null;
    return toChannelsFirst(
        root.tf(),
        Layers.conv2d(
            root.in("in.conv"),
            inputs.image(root.tf(), "in.conv.x"),
            filters[0],
            filters[2],
            Integer.parseInt(arguments.group(1)),
            padding + (padded ? Integer.parseInt(arguments.group(3)) : 0),
            padding + (padded ? Integer.parseInt(arguments.group(4)) : 0),
            true));
  }

  private static Operand<TFloat32> groupNorm(Scope root, Inputs inputs, Matcher arguments) {
    Ops tf = root.tf();
    Operand<TFloat32> x = inputs.image(tf, "in.gn.x");
    boolean tiny = arguments.group(1) != null;
    return toChannelsFirst(
        tf,
        Norms.groupNorm(
            root.in("in.gn"),
            tiny ? tf.math.mul(x, tf.constant(1e-3f)) : x,
            Integer.parseInt(arguments.group(2)),
            Double.parseDouble(arguments.group(3))));
  }

  private Operand<TFloat32> sinusoids(
      Ops tf, Inputs inputs, String arguments, Reference expected, String name) {
    Operand<TFloat32> timesteps = inputs.floats(tf, "in.timesteps");
    int size = expected.shape()[1];
    Matcher shape = match(SINUSOIDS, arguments, name);
    return Layers.timestepEmbedding(
        tf, timesteps, size, shape.group(1).equals("1"), Double.parseDouble(shape.group(2)));
  }
}
