package dev.sluice.networks.weights;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.WeightProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** The weights of one network under training, as float32 variables of one graph. */
public final class TrainableWeights implements WeightProvider {

  private static final long BYTES_PER_RUN = 64L << 20;

  private final Ops tf;
  private final DeclaredWeights<TrainableWeight> declared = new DeclaredWeights<>();

  public TrainableWeights(Ops tf) {
    this.tf = tf;
  }

  @Override
  public Variable<TFloat32> declare(Parameter parameter) {
    return declared.declare(parameter, this::variable).variable();
  }

  private TrainableWeight variable(Parameter parameter) {
    Shape shape = Shape.of(parameter.graphShape());
    Variable<TFloat32> variable = tf.variable(shape, TFloat32.class);
    Placeholder<TFloat32> value = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    return new TrainableWeight(parameter, variable, value, tf.assign(variable, value));
  }

  /** All weights declared so far, in the order of their first use. */
  public Collection<TrainableWeight> all() {
    return declared.all();
  }

  /**
   * Sets every weight to what {@code values} gives for it, in checkpoint order. A run of the
   * session costs far more than a small weight's copy, so many are set in one; how many is bounded
   * in bytes, because the copies that are fed live beside the variables until the run ends.
   */
  public void fill(Session session, Function<Parameter, float[]> values) {
    List<Tensor> fed = new ArrayList<>();
    Session.Runner runner = session.runner();
    long bytes = 0;
    try {
      for (TrainableWeight weight : all()) {
        Tensor tensor = toTensor(weight.parameter(), values.apply(weight.parameter()));
        fed.add(tensor);
        runner.feed(weight.value(), tensor).addTarget(weight.assign());
        bytes += tensor.numBytes();
        if (bytes >= BYTES_PER_RUN) {
          run(runner, fed);
          runner = session.runner();
          bytes = 0;
        }
      }
      if (!fed.isEmpty()) {
        run(runner, fed);
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static void run(Session.Runner runner, List<Tensor> fed) {
    runner.run().close();
    fed.forEach(Tensor::close);
    fed.clear();
  }

  /** A float32 tensor in the parameter's layout; the caller closes it. */
  static TFloat32 toTensor(Parameter parameter, float[] stored) {
    float[] values = parameter.layout().toVariable(stored, parameter.shape());
    return TFloat32.tensorOf(Shape.of(parameter.graphShape()), DataBuffers.of(values, true, false));
  }
}
