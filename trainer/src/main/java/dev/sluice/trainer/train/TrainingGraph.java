package dev.sluice.trainer.train;

import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.graph.OpThreads;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Layout;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.layer.WeightProvider;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.networks.weights.TrainableWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * All that is trained together, in one graph: networks that are trained or frozen, free weights,
 * inputs, and what is drawn at random.
 *
 * <p>It is built once for each shard of the batch. Inputs and draws are made for all rows and cut,
 * so that shards change the order of sums and nothing else; components and state are made with the
 * first shard, and the same with the others. For batches of several forms it is built again for
 * each, with inputs of its own and the same components.
 */
public final class TrainingGraph implements AutoCloseable {

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Session session = new Session(graph, false, OpThreads.sessionConfig());
  private final int rows;
  private final int shardCount;
  private final Optional<LowRank> lowRank;
  private final Map<String, Component> components = new LinkedHashMap<>();
  private final Set<String> frozen = new HashSet<>();
  private final Map<String, Variable<TFloat32>> states = new LinkedHashMap<>();
  private final Map<String, float[]> stateValues = new LinkedHashMap<>();
  private final List<Function<Ops, Op>> updates = new ArrayList<>();
  private final Map<String, List<Operand<TFloat32>>> sums = new LinkedHashMap<>();
  private Form current;

  /**
   * What is built for batches of one form.
   *
   * @param number from 0
   * @param taps what each layer of each network puts out, in the order of their making
   * @param measures of each shard
   * @param players their losses, of all shards
   */
  record Form(
      int number,
      Shards shards,
      Map<String, Operand<TFloat32>> taps,
      Map<String, List<Operand<TFloat32>>> measures,
      List<Player> players) {

    Map<String, Placeholder<? extends TType>> feeds() {
      return shards.feeds();
    }

    /** What is drawn depends on these two numbers: of the run and of the batch. */
    Placeholder<TInt64> draw() {
      return shards.draw();
    }
  }

  /**
   * @param lowRank what is trained of networks in place of all their weights
   */
  TrainingGraph(int rows, int shards, Optional<LowRank> lowRank) {
    this.rows = rows;
    this.shardCount = shards;
    this.lowRank = lowRank;
  }

  public Ops tf() {
    return tf;
  }

  Graph graph() {
    return graph;
  }

  Session session() {
    return session;
  }

  /** Rows of the shard under construction. */
  public int rows() {
    return current.shards().rows();
  }

  /** The form of batches under construction, from 0. */
  public int form() {
    return current.number();
  }

  /** Rows of all shards. */
  public int allRows() {
    return rows;
  }

  /** A network whose weights are all trained. */
  public Component trained(String name, Architecture architecture) {
    return trained(name, architecture, weight -> true);
  }

  /** A network of which only the weights that {@code which} accepts are trained. */
  public Component trained(String name, Architecture architecture, Predicate<String> which) {
    return lowRank.isEmpty()
        ? component(name, architecture, which, weights -> weights)
        : component(
            name,
            architecture,
            LowRank::isPart,
            weights -> new LowRankWeights(tf, weights, lowRank.get()));
  }

  /**
   * A network that stays as it is: a teacher, an encoder, a feature. Gradients go through it. It is
   * no part of saves, as its folder has it.
   *
   * @param folder of the component, with its weights
   */
  public Component frozen(String name, Architecture architecture, Path folder) {
    frozen.add(name);
    return component(name, architecture, weight -> false, weights -> weights).startingFrom(folder);
  }

  /**
   * Weights of no network, to be trained themselves: a picture, a scene, an embedding. There is one
   * of the component, {@code values}.
   *
   * @param shape of the values
   */
  public Component free(String name, FirstValue first, long... shape) {
    Component component = component(name, null, weight -> true, weights -> weights);
    component
        .weights()
        .declare(new Parameter("values", shape, Layout.AS_STORED, Precision.FLOAT32, first));
    return component;
  }

  private Component component(
      String name,
      Architecture architecture,
      Predicate<String> which,
      Function<TrainableWeights, WeightProvider> provider) {
    Component known = components.get(name);
    if (known == null) {
      TrainableWeights weights = new TrainableWeights(tf);
      known = new Component(name, architecture, weights, provider.apply(weights), which);
      components.put(name, known);
    } else if (current.number() == 0 && current.shards().isFirst()) {
      throw new IllegalArgumentException("there is a component " + name + " already");
    }
    return known;
  }

  /** The values of a component of {@link #free}. */
  public Operand<TFloat32> values(Component free) {
    return free.weights().all().iterator().next().variable();
  }

  /**
   * A weight of a network that is built and not trained, for what changes it without a gradient.
   *
   * @throws IllegalArgumentException if the network has no such weight
   */
  public Variable<TFloat32> weight(Component component, String name) {
    return component.weights().all().stream()
        .filter(weight -> weight.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(component.name() + " has no weight " + name))
        .variable();
  }

  /** Builds a network's outputs for the given inputs. */
  public Map<String, Operand<TFloat32>> build(
      Component component, Map<String, ? extends Operand<? extends TType>> inputs) {
    Map<String, Operand<TFloat32>> own = new LinkedHashMap<>();
    Scope root = Scope.root(tf, component.provider(), own);
    Map<String, Operand<TFloat32>> outputs =
        component.architecture().build(root, Inputs.of(inputs));
    own.forEach(
        (path, output) -> current.taps().putIfAbsent(component.name() + "/" + path, output));
    return outputs;
  }

  /**
   * A variable that no gradient moves, such as a running mean; saved with the rest. What changes it
   * is given to {@link #afterBatch}.
   */
  public Variable<TFloat32> state(String name, float[] first, long... shape) {
    stateValues.putIfAbsent(name, first.clone());
    return states.computeIfAbsent(name, key -> tf.variable(Shape.of(shape), TFloat32.class));
  }

  /**
   * A change without a gradient, made with every batch when all gradients are known.
   *
   * @param update builds it with operations that wait for the gradients
   */
  public void afterBatch(Function<Ops, Op> update) {
    if (shardCount > 1 || current.number() > 0) {
      throw new IllegalStateException(
          "what changes without a gradient sees a whole batch of one form: choose shards 1");
    }
    updates.add(update);
  }

  /**
   * A change without a gradient that takes a sum over all rows, made as {@link
   * #afterBatch(Function)} makes one. To be called with each shard.
   *
   * @param name of the sum
   * @param part the sum over the rows of this shard
   * @param update builds it, given the sum over all; the first shard's is taken
   */
  public void afterBatch(
      String name, Operand<TFloat32> part, BiFunction<Ops, Operand<TFloat32>, Op> update) {
    if (current.number() > 0) {
      throw new IllegalStateException(
          "what changes without a gradient sees batches of one form: choose one size");
    }
    List<Operand<TFloat32>> parts = sums.computeIfAbsent(name, key -> new ArrayList<>());
    parts.add(part);
    if (current.shards().isFirst()) {
      // All parts are there when it is built.
      updates.add(after -> update.apply(after, tf.math.addN(parts)));
    }
  }

  /** A number to be reported beside the losses. */
  public void measure(String name, Operand<TFloat32> scalar) {
    current.measures().computeIfAbsent(name, key -> new ArrayList<>()).add(scalar);
  }

  /** An input that every batch feeds, {@code [rows, shape...]}. */
  public Operand<TFloat32> floats(String name, long... shape) {
    return current.shards().input(name, TFloat32.class, shape);
  }

  /** An integer input that every batch feeds, {@code [rows, shape...]}. */
  public Operand<TInt64> longs(String name, long... shape) {
    return current.shards().input(name, TInt64.class, shape);
  }

  /** Normal noise, {@code [rows, shape...]}, another one for each batch. */
  public Operand<TFloat32> noise(long... shape) {
    return current.shards().normal(shape);
  }

  /** Noise of a tensor's shape. */
  public Operand<TFloat32> noiseLike(Operand<TFloat32> x) {
    long[] shape = x.shape().asArray();
    return noise(Arrays.copyOfRange(shape, 1, shape.length));
  }

  /** Numbers evenly spread over [0, 1), {@code [rows, shape...]}. */
  public Operand<TFloat32> uniform(long... shape) {
    return current.shards().uniform(shape);
  }

  /** Integers from 0 to {@code below} - 1, {@code [rows]}. */
  public Operand<TInt64> integers(long below) {
    return current.shards().integers(below);
  }

  /** The mean over all values. */
  public Operand<TFloat32> mean(Operand<TFloat32> x) {
    int[] axes = new int[x.shape().numDimensions()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    return tf.math.mean(x, tf.constant(axes));
  }

  /** Builds all shards of each form, and brings the shards' losses together. */
  List<Form> build(Objective objective) {
    List<Form> forms = new ArrayList<>();
    for (int number = 0; number < objective.forms(); number++) {
      current =
          new Form(
              number,
              new Shards(tf, rows, shardCount),
              new LinkedHashMap<>(),
              new LinkedHashMap<>(),
              new ArrayList<>());
      current.players().addAll(buildShards(objective));
      forms.add(current);
    }
    return forms;
  }

  private List<Player> buildShards(Objective objective) {
    Map<String, List<Operand<TFloat32>>> losses = new LinkedHashMap<>();
    Map<String, List<Component>> own = new LinkedHashMap<>();
    for (int shard = 0; shard < shardCount; shard++) {
      current.shards().begin(shard);
      for (Player player : objective.build(this)) {
        losses.computeIfAbsent(player.name(), key -> new ArrayList<>()).add(player.loss());
        own.put(player.name(), player.components());
      }
    }
    List<Player> players = new ArrayList<>();
    losses.forEach((name, parts) -> players.add(new Player(name, mean(parts), own.get(name))));
    return players;
  }

  private Operand<TFloat32> mean(List<Operand<TFloat32>> scalars) {
    return scalars.size() == 1
        ? scalars.get(0)
        : tf.math.div(tf.math.addN(scalars), tf.constant((float) scalars.size()));
  }

  List<Component> components() {
    return List.copyOf(components.values());
  }

  Component component(String name) {
    Component component = components.get(name);
    if (component == null) {
      throw new IllegalArgumentException(
          "there is no component " + name + "; there are " + components.keySet());
    }
    return component;
  }

  /** Every weight but those of frozen networks, and every state, by what it is. */
  Map<String, Variable<TFloat32>> variables() {
    Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    for (Component component : components.values()) {
      if (frozen.contains(component.name())) {
        continue;
      }
      for (TrainableWeight weight : component.weights().all()) {
        variables.put("weight/" + component.key(weight), weight.variable());
      }
    }
    states.forEach((name, variable) -> variables.put("state/" + name, variable));
    return variables;
  }

  /** Gives everything its first value. */
  void fill(long seed) {
    components.values().forEach(component -> component.fill(session, seed));
    new VariableStore(this, states).write(stateValues);
  }

  List<Function<Ops, Op>> updates() {
    return updates;
  }

  Map<String, Operand<TFloat32>> measures(Form form) {
    Map<String, Operand<TFloat32>> means = new LinkedHashMap<>();
    form.measures().forEach((name, scalars) -> means.put(name, mean(scalars)));
    return means;
  }

  /** Gradients of a scalar, in the order of the weights. */
  @SuppressWarnings("unchecked")
  List<Operand<TFloat32>> gradients(Player player, List<Variable<TFloat32>> weights) {
    Output<?>[] sources = weights.stream().map(Variable::asOutput).toArray(Output<?>[]::new);
    Output<?>[] found = graph.addGradients(player.loss().asOutput(), sources);
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    for (Output<?> gradient : found) {
      gradients.add((Output<TFloat32>) gradient);
    }
    return gradients;
  }

  /** Whether a player's loss has a gradient for a weight. */
  boolean isDifferentiable(Player player, Variable<TFloat32> weight) {
    try {
      return gradients(player, List.of(weight)).get(0) != null;
    } catch (TFInvalidArgumentException e) {
      return false;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
