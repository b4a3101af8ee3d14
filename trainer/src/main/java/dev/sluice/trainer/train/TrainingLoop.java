package dev.sluice.trainer.train;

import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Trains one objective: steps, reports, saves from which a later run goes on exactly, and the
 * weights as the result.
 */
public final class TrainingLoop implements AutoCloseable {

  private static final String STEP = "step";

  private final Objective objective;
  private final TrainingSettings settings;
  private final BatchAhead batches;
  private final TrainingGraph graph;
  private final List<Pass> passes = new ArrayList<>();
  private final Averages averages;
  private final VariableStore everything;
  private final double work;
  private long step;

  /**
   * What is run of batches of one form.
   *
   * @param accumulations of a batch that is not a step's last
   * @param updates of one that is
   */
  private record Pass(
      TrainingGraph.Form form,
      List<PlayerStep> players,
      Map<String, Operand<TFloat32>> measures,
      List<Op> accumulations,
      List<Op> updates) {}

  /** Begins with what the layers declare. */
  public TrainingLoop(Objective objective, TrainingSettings settings) {
    this(objective, settings, Optional.empty());
  }

  /**
   * Builds the graph and gives every weight its first value.
   *
   * @param init a model whose components are gone on from; empty to begin anew
   * @throws IllegalArgumentException when one of them is of another shape
   */
  public TrainingLoop(Objective objective, TrainingSettings settings, Optional<Path> init) {
    this.objective = objective;
    this.settings = settings;
    this.batches = new BatchAhead(objective);
    this.graph = new TrainingGraph(settings.rows(), settings.shards(), settings.lowRank());
    graph.build(objective).forEach(form -> passes.add(pass(form)));
    Map<String, Variable<TFloat32>> weights = new LinkedHashMap<>();
    players().forEach(player -> weights.putAll(player.weights()));
    this.averages = new Averages(graph, weights, settings.averageDecay());
    passes.forEach(pass -> addUpdates(pass, weights));

    Map<String, Variable<TFloat32>> moments = new LinkedHashMap<>();
    players().forEach(player -> moments.putAll(player.variables()));
    Map<String, Variable<TFloat32>> all = new LinkedHashMap<>(graph.variables());
    all.putAll(moments);
    averages.variables().forEach((name, average) -> all.put("average/" + name, average));
    this.everything = new VariableStore(graph, all);
    init.ifPresent(model -> graph.components().forEach(c -> c.startingFromModel(model)));
    graph.fill(settings.seed());
    new VariableStore(graph, moments).zero();
    new VariableStore(graph, averages.variables()).write(new VariableStore(graph, weights).read());
    this.work = GraphWork.of(graph.graph()) / passes.size() * settings.accumulated();
  }

  private Pass pass(TrainingGraph.Form form) {
    List<PlayerStep> steps = new ArrayList<>();
    for (int i = 0; i < form.players().size(); i++) {
      Player player = form.players().get(i);
      AdamW optimizer = settings.optimizers().of(player.name());
      Optional<PlayerStep> first =
          form.number() == 0 ? Optional.empty() : Optional.of(players().get(i));
      steps.add(new PlayerStep(graph, player, first, optimizer, settings.accumulated()));
    }
    return new Pass(form, steps, graph.measures(form), new ArrayList<>(), new ArrayList<>());
  }

  /** Those of the first form, with what is kept from step to step. */
  private List<PlayerStep> players() {
    return passes.get(0).players();
  }

  private void addUpdates(Pass pass, Map<String, Variable<TFloat32>> weights) {
    // No weight changes while anything still reads what it was.
    List<Operand<TFloat32>> known = new ArrayList<>(pass.measures().values());
    pass.players().forEach(player -> known.add(player.gradientNorm()));
    List<Op> always = new ArrayList<>();
    graph
        .updates()
        .forEach(
            update ->
                always.add(update.apply(graph.tf().withControlDependencies(List.copyOf(known)))));
    Map<String, Op> moved = new LinkedHashMap<>();
    for (PlayerStep player : pass.players()) {
      moved.putAll(player.updates(known));
      if (settings.accumulated() > 1) {
        pass.accumulations().addAll(player.accumulations());
      }
    }
    pass.accumulations().addAll(always);
    pass.updates().addAll(moved.values());
    pass.updates().addAll(always);
    pass.updates().addAll(averages.updates(graph, weights, moved));
  }

  /** What networks began with of others, a sentence each. */
  public List<String> begun() {
    return graph.components().stream().flatMap(c -> c.begun().stream()).toList();
  }

  /** Steps done so far, those of earlier runs included. */
  public long step() {
    return step;
  }

  /**
   * Trains until {@code until} steps are done, or all.
   *
   * @param until where to stop though it is not the end
   * @param reportEvery steps between reports, which are of their means
   * @param machine floating-point operations a second of a matrix product; NaN if not known
   * @param stop asked before each step
   * @throws NonFiniteException when a loss or a gradient is not finite; no weight has changed
   */
  public void run(
      long until, int reportEvery, double machine, Report.Reporter reporter, BooleanSupplier stop) {
    long last = Math.min(until, settings.steps());
    Map<String, Double> sums = new LinkedHashMap<>();
    int count = 0;
    long start = System.nanoTime();
    while (step < last && !stop.getAsBoolean()) {
      stepOnce().forEach((name, value) -> sums.merge(name, value, Double::sum));
      count++;
      if (count == reportEvery || step == last) {
        double seconds = (System.nanoTime() - start) / 1e9 / count;
        reporter.report(report(sums, count, seconds, machine));
        sums.clear();
        count = 0;
        start = System.nanoTime();
      }
    }
  }

  private Report report(Map<String, Double> sums, int count, double seconds, double machine) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    sums.forEach((name, sum) -> numbers.put(name, sum / count));
    for (PlayerStep player : players()) {
      numbers.put(
          player.player().name() + "/rate",
          player.optimizer().rate().at(step - 1, settings.steps()));
    }
    int rows = settings.rows() * settings.accumulated();
    return new Report(
        step, settings.steps(), numbers, rows, rows / seconds, work / seconds / machine);
  }

  private Map<String, Double> stepOnce() {
    Map<String, Double> sums = new LinkedHashMap<>();
    int parts = settings.accumulated();
    for (int part = 0; part < parts; part++) {
      runOnce(step * parts + part, part == parts - 1)
          .forEach((name, value) -> sums.merge(name, value / parts, Double::sum));
    }
    step++;
    return sums;
  }

  private Map<String, Double> runOnce(long number, boolean last) {
    Pass pass = passes.get(objective.form(number));
    List<Tensor> fed = new ArrayList<>();
    Map<Operand<?>, Tensor> feeds = new LinkedHashMap<>();
    try {
      feed(number, pass.form(), feeds, fed);
      Session.Runner runner = graph.session().runner();
      feeds.forEach(runner::feed);
      (last ? pass.updates() : pass.accumulations()).forEach(runner::addTarget);
      Map<String, Operand<TFloat32>> fetched = new LinkedHashMap<>();
      for (PlayerStep player : pass.players()) {
        fetched.put(player.player().name() + "/loss", player.player().loss());
        fetched.put(player.player().name() + "/gradient", player.gradientNorm());
      }
      fetched.putAll(pass.measures());
      fetched.values().forEach(runner::fetch);
      Map<String, Double> numbers = new LinkedHashMap<>();
      try (Result result = runner.run()) {
        int index = 0;
        for (String name : fetched.keySet()) {
          numbers.put(name, (double) ((TFloat32) result.get(index++)).getFloat());
        }
      }
      return numbers;
    } catch (TFInvalidArgumentException e) {
      NonFinite search = new NonFinite(graph, pass.form(), runner -> feeds.forEach(runner::feed));
      NonFiniteException told = new NonFiniteException(step, search.find(pass.players()));
      told.initCause(e);
      throw told;
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private void feed(
      long number, TrainingGraph.Form form, Map<Operand<?>, Tensor> feeds, List<Tensor> fed) {
    Map<String, HostTensor> batch = batches.batch(number);
    for (Map.Entry<String, Placeholder<? extends TType>> feed : form.feeds().entrySet()) {
      HostTensor value = batch.get(feed.getKey());
      if (value == null) {
        throw new IllegalStateException("the batch lacks " + feed.getKey());
      }
      add(feed.getValue(), tensor(value), feeds, fed);
    }
    add(form.draw(), TInt64.vectorOf(settings.seed(), number), feeds, fed);
    for (PlayerStep player : players()) {
      player
          .numbers()
          .feeds(player.optimizer(), step, settings.steps())
          .forEach((place, value) -> add(place, TFloat32.scalarOf(value), feeds, fed));
    }
    add(averages.feed(), TFloat32.scalarOf((float) averages.decayAt(step)), feeds, fed);
  }

  private static void add(
      Operand<?> place, Tensor value, Map<Operand<?>, Tensor> feeds, List<Tensor> fed) {
    fed.add(value);
    feeds.put(place, value);
  }

  private static Tensor tensor(HostTensor value) {
    Shape shape = Shape.of(Arrays.stream(value.shape()).asLongStream().toArray());
    return value instanceof HostTensor.Floats floats
        ? TFloat32.tensorOf(shape, DataBuffers.of(floats.values(), true, false))
        : TInt64.tensorOf(shape, DataBuffers.of(((HostTensor.Longs) value).values(), true, false));
  }

  /**
   * Writes everything that a later run needs to go on.
   *
   * @param notes kept beside it, to be read by {@link #notes}
   */
  public void save(Path file, Map<String, String> notes) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Map<String, long[]> shapes = everything.shapes();
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    everything
        .read()
        .forEach(
            (name, values) ->
                tensors.put(name, new NamedTensor(DType.F32, shapes.get(name), values)));
    Map<String, String> texts = new LinkedHashMap<>(notes);
    texts.put(STEP, Long.toString(step));
    SafetensorsWriter.write(file, tensors, texts);
  }

  /** What was kept beside a save, without its step. */
  public static Map<String, String> notes(Path file) {
    try (SafetensorsFile saved = SafetensorsFile.open(file)) {
      Map<String, String> notes = new LinkedHashMap<>(saved.metadata());
      notes.remove(STEP);
      return notes;
    }
  }

  /** The step that a save was made at. */
  public static long stepOf(Path file) {
    try (SafetensorsFile saved = SafetensorsFile.open(file)) {
      return Long.parseLong(saved.metadata().get(STEP));
    }
  }

  /** Goes on where {@link #save} was called. */
  public void resume(Path file) {
    try (SafetensorsFile saved = SafetensorsFile.open(file)) {
      Map<String, float[]> values = new LinkedHashMap<>();
      everything.shapes().keySet().forEach(name -> values.put(name, saved.floats(name)));
      everything.write(values);
    }
    step = stepOf(file);
  }

  /**
   * Writes a component's averaged weights as a half-precision checkpoint; those that are not
   * trained as they are.
   *
   * @param file such as {@code diffusion_pytorch_model.safetensors}
   */
  public void export(String component, Path file) throws IOException {
    export().write(graph.component(component), file);
  }

  /**
   * Writes what {@link LowRank} trained of some components, as {@code peft} and diffusers lay it
   * out: {@code component.layer.lora_A.weight [rank, in]} and {@code lora_B [out, rank]}.
   */
  public void exportLowRank(List<String> components, Path file) throws IOException {
    export().writeLowRank(components.stream().map(graph::component).toList(), file);
  }

  private WeightExport export() {
    return new WeightExport(graph, averages.variables(), settings.lowRank());
  }

  /** Frees the graph and what the objective holds. */
  @Override
  public void close() {
    batches.close();
    graph.close();
    objective.close();
  }
}
