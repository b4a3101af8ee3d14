package dev.sluice.trainer.train;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.networks.weights.TrainableWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** Networks under training in one graph, each with weights of its own, and what is fed to them. */
public final class TrainingGraph implements AutoCloseable {

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Session session = new Session(graph, false);
  private final Map<String, Component> components = new LinkedHashMap<>();
  private final Map<String, Placeholder<? extends TType>> feeds = new LinkedHashMap<>();

  /**
   * A network under training.
   *
   * @param trainable which of its weights the optimizer changes
   */
  public record Component(
      String name,
      Architecture architecture,
      TrainableWeights parameters,
      Predicate<String> trainable) {

    /** The weights that the optimizer changes. */
    public List<TrainableWeight> trained() {
      return parameters.all().stream().filter(p -> trainable.test(p.name())).toList();
    }
  }

  public Ops tf() {
    return tf;
  }

  public Graph graph() {
    return graph;
  }

  public Session session() {
    return session;
  }

  /** A network whose weights are all trained. */
  public Component component(String name, Architecture architecture) {
    return component(name, architecture, weight -> true);
  }

  /** A network of which only the weights that {@code trainable} accepts are trained. */
  public Component component(String name, Architecture architecture, Predicate<String> trainable) {
    Component component = new Component(name, architecture, new TrainableWeights(tf), trainable);
    if (components.putIfAbsent(name, component) != null) {
      throw new IllegalArgumentException("there is a component " + name + " already");
    }
    return component;
  }

  /** Builds a component's outputs for the given inputs. */
  public Map<String, Operand<TFloat32>> build(
      Component component, Map<String, ? extends Operand<? extends TType>> inputs) {
    Scope root = Scope.root(tf, component.parameters(), new LinkedHashMap<>());
    return component.architecture().build(root, Inputs.of(inputs));
  }

  /** An input that every step feeds, {@code [batch, shape...]}. */
  public Operand<TFloat32> floats(String name, long... shape) {
    Placeholder<TFloat32> feed = tf.placeholder(TFloat32.class, Placeholder.shape(batch(shape)));
    feeds.put(name, feed);
    return feed;
  }

  /** An integer input that every step feeds, {@code [batch, shape...]}. */
  public Operand<TInt64> longs(String name, long... shape) {
    Placeholder<TInt64> feed = tf.placeholder(TInt64.class, Placeholder.shape(batch(shape)));
    feeds.put(name, feed);
    return feed;
  }

  private static Shape batch(long... shape) {
    return Shape.of(Shape.UNKNOWN_SIZE).append(Shape.of(shape));
  }

  Map<String, Placeholder<? extends TType>> feeds() {
    return feeds;
  }

  /** The networks, in the order they were added. */
  public List<Component> components() {
    return List.copyOf(components.values());
  }

  /** Every weight that the optimizer changes, by component and name. */
  Map<String, TrainableWeight> trained() {
    Map<String, TrainableWeight> trained = new LinkedHashMap<>();
    for (Component component : components.values()) {
      for (TrainableWeight parameter : component.trained()) {
        trained.put(component.name() + "/" + parameter.name(), parameter);
      }
    }
    return trained;
  }

  /** {@code tf.math.mean} over all values. */
  public Operand<TFloat32> mean(Operand<TFloat32> x) {
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < x.shape().numDimensions(); i++) {
      axes.add(i);
    }
    return tf.math.mean(x, tf.constant(axes.stream().mapToInt(i -> i).toArray()));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
