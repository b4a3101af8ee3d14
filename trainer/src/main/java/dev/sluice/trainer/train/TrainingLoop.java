package dev.sluice.trainer.train;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Trains one objective: steps, a learning rate that rises and then falls along a cosine, saves from
 * which a later run goes on exactly, and the moving average of the weights as the result.
 */
public final class TrainingLoop implements AutoCloseable {

  private static final double MAX_AVERAGE_DECAY = 0.999;

  private final Objective objective;
  private final BatchAhead batches;
  private final TrainingGraph training = new TrainingGraph();
  private final Operand<TFloat32> loss;
  private final Adam adam;
  private final VariableStore everything;
  private long step;

  /** Builds the graph and gives every weight its first value. */
  public TrainingLoop(Objective objective) {
    this.objective = objective;
    this.batches = new BatchAhead(objective);
    this.loss = objective.loss(training);
    this.adam = new Adam(training, loss);
    Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    for (TrainingGraph.Component component : training.components()) {
      for (TrainableWeight parameter : component.parameters().all()) {
        variables.put("weight/" + component.name() + "/" + parameter.name(), parameter.variable());
      }
      component
          .parameters()
          .fill(training.session(), objective.initializer(component.name())::values);
    }
    adam.slots()
        .forEach(
            (name, slots) -> {
              variables.put("m/" + name, slots.m());
              variables.put("v/" + name, slots.v());
              variables.put("average/" + name, slots.average());
            });
    this.everything = new VariableStore(training, variables);
    startSlots();
  }

  private void startSlots() {
    Map<String, Variable<TFloat32>> zeros = new LinkedHashMap<>();
    Map<String, Variable<TFloat32>> averages = new LinkedHashMap<>();
    adam.slots()
        .forEach(
            (name, slots) -> {
              zeros.put("m/" + name, slots.m());
              zeros.put("v/" + name, slots.v());
              averages.put(name, slots.average());
            });
    VariableStore moments = new VariableStore(training, zeros);
    Map<String, float[]> zeroValues = new LinkedHashMap<>();
    moments
        .shapes()
        .forEach((name, shape) -> zeroValues.put(name, new float[Math.toIntExact(size(shape))]));
    moments.write(zeroValues);
    Map<String, Variable<TFloat32>> weights = new LinkedHashMap<>();
    training.trained().forEach((name, parameter) -> weights.put(name, parameter.variable()));
    new VariableStore(training, averages).write(new VariableStore(training, weights).read());
  }

  private static long size(long[] shape) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    return size;
  }

  /** The loss and how fast it was computed, at a step. */
  public record Report(long step, long steps, double loss, double gradientNorm, double seconds) {}

  /** Told of the training's course. */
  @FunctionalInterface
  public interface Reporter {
    void report(Report report);
  }

  /** Steps done so far, those of earlier runs included. */
  public long step() {
    return step;
  }

  /** The networks, to be exported. */
  public TrainingGraph training() {
    return training;
  }

  /**
   * Trains until {@code steps} steps are done in all.
   *
   * @param rate the highest learning rate, after the warm-up
   * @param reportEvery steps between reports; the loss reported is their mean
   * @param stop asked before each step
   */
  public void run(
      long steps, double rate, int reportEvery, Reporter reporter, BooleanSupplier stop) {
    double lossSum = 0;
    int count = 0;
    long start = System.nanoTime();
    while (step < steps && !stop.getAsBoolean()) {
      double[] lossAndNorm = stepOnce(learningRate(step, steps, rate));
      if (!Double.isFinite(lossAndNorm[0])) {
        throw new IllegalStateException(
            "the loss is %s at step %d; a lower learning rate than %s may help"
                .formatted(lossAndNorm[0], step, rate));
      }
      lossSum += lossAndNorm[0];
      count++;
      if (count == reportEvery || step == steps) {
        double seconds = (System.nanoTime() - start) / 1e9 / count;
        reporter.report(new Report(step, steps, lossSum / count, lossAndNorm[1], seconds));
        lossSum = 0;
        count = 0;
        start = System.nanoTime();
      }
    }
  }

  /** Rises linearly over 2 % of the steps (200 at most) and falls along a cosine to a twentieth. */
  static double learningRate(long step, long steps, double highest) {
    double warmUp = Math.max(1, Math.min(200, steps / 50));
    if (step < warmUp) {
      return highest * (step + 1) / warmUp;
    }
    double share = (step - warmUp) / Math.max(1, steps - warmUp);
    return highest * (0.05 + 0.95 * 0.5 * (1 + Math.cos(Math.PI * share)));
  }

  private double[] stepOnce(double rate) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = training.session().runner();
      Map<String, HostTensor> batch = batches.batch(step);
      for (Map.Entry<String, Placeholder<? extends TType>> feed : training.feeds().entrySet()) {
        HostTensor value = batch.get(feed.getKey());
        if (value == null) {
          throw new IllegalStateException("the batch lacks " + feed.getKey());
        }
        Tensor tensor = tensor(value);
        fed.add(tensor);
        runner.feed(feed.getValue(), tensor);
      }
      // The average forgets its start quickly at first.
      double decay = Math.min(MAX_AVERAGE_DECAY, (1.0 + step) / (10 + step));
      adam.feeds(step + 1, rate, decay)
          .forEach(
              (placeholder, value) -> {
                Tensor tensor = TFloat32.scalarOf(value);
                fed.add(tensor);
                runner.feed(placeholder, tensor);
              });
      adam.updates().forEach(runner::addTarget);
      runner.fetch(loss).fetch(adam.gradientNorm());
      try (Result result = runner.run()) {
        step++;
        return new double[] {
          ((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat()
        };
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static Tensor tensor(HostTensor value) {
    long[] extents = java.util.Arrays.stream(value.shape()).asLongStream().toArray();
    if (value instanceof HostTensor.Floats floats) {
      return TFloat32.tensorOf(Shape.of(extents), DataBuffers.of(floats.values(), true, false));
    }
    return TInt64.tensorOf(
        Shape.of(extents), DataBuffers.of(((HostTensor.Longs) value).values(), true, false));
  }

  /** Writes everything that a later run needs to go on. */
  public void save(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Map<String, long[]> shapes = everything.shapes();
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    everything
        .read()
        .forEach(
            (name, values) ->
                tensors.put(name, new NamedTensor(DType.F32, shapes.get(name), values)));
    SafetensorsWriter.write(file, tensors, Map.of("step", Long.toString(step)));
  }

  /** Goes on where {@link #save} was called. */
  public void resume(Path file) {
    try (SafetensorsFile saved = SafetensorsFile.open(file)) {
      Map<String, float[]> values = new LinkedHashMap<>();
      everything.shapes().keySet().forEach(name -> values.put(name, saved.floats(name)));
      everything.write(values);
      step = Long.parseLong(saved.metadata().get("step"));
    }
  }

  /**
   * Writes a component's averaged weights as a half-precision checkpoint.
   *
   * @param file such as {@code diffusion_pytorch_model.safetensors}
   */
  public void export(String componentName, Path file) throws IOException {
    TrainingGraph.Component component =
        training.components().stream()
            .filter(c -> c.name().equals(componentName))
            .findFirst()
            .orElseThrow();
    Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    for (TrainableWeight parameter : component.parameters().all()) {
      Adam.Slots slots = adam.slots().get(component.name() + "/" + parameter.name());
      variables.put(parameter.name(), slots == null ? parameter.variable() : slots.average());
    }
    Map<String, float[]> averages = new VariableStore(training, variables).read();
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    for (TrainableWeight weight : component.parameters().all()) {
      Parameter parameter = weight.parameter();
      float[] values =
          parameter.layout().toStored(averages.get(parameter.name()), parameter.shape());
      tensors.put(parameter.name(), new NamedTensor(DType.F16, parameter.shape(), values));
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
  }

  @Override
  public void close() {
    batches.close();
    training.close();
  }
}
