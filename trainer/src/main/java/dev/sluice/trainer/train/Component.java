package dev.sluice.trainer.train;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.CheckpointNames;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.WeightProvider;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.networks.weights.TrainableWeights;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.family.TFloating;

/** Weights in a graph under one name: those of a network, or free ones. */
public final class Component {

  private final String name;
  private final Architecture architecture;
  private final TrainableWeights weights;
  private final WeightProvider provider;
  private final Predicate<String> trained;
  private final Map<String, float[]> given = new HashMap<>();
  private final Map<String, String> twins = new TreeMap<>();
  private UnaryOperator<String> shared = UnaryOperator.identity();
  private Path checkpoint;
  private boolean inParts;
  private Optional<String> begun = Optional.empty();

  /**
   * @param provider what layers are given; {@code weights}, or something made of them
   */
  Component(
      String name,
      Architecture architecture,
      TrainableWeights weights,
      WeightProvider provider,
      Predicate<String> trained) {
    this.name = name;
    this.architecture = architecture;
    this.weights = weights;
    this.provider = provider;
    this.trained = trained;
  }

  public String name() {
    return name;
  }

  Architecture architecture() {
    return architecture;
  }

  TrainableWeights weights() {
    return weights;
  }

  WeightProvider provider() {
    return this::declare;
  }

  private Operand<? extends TFloating> declare(Parameter parameter) {
    String one = shared.apply(parameter.name());
    if (one.equals(parameter.name())) {
      return provider.declare(parameter);
    }
    twins.put(parameter.name(), one);
    return provider.declare(
        new Parameter(
            one, parameter.shape(), parameter.layout(), parameter.use(), parameter.first()));
  }

  /** Names of weights that are another one, by {@link #sharing}, and that one's. */
  Map<String, String> twins() {
    return twins;
  }

  /**
   * Lets layers share weights: one is trained, and written under the name of each, so that the
   * network reads it as any other.
   *
   * @param names gives for a weight's name the one that it is; its own where it is none of another
   */
  public Component sharing(UnaryOperator<String> names) {
    shared = names;
    return this;
  }

  /**
   * Gives a weight its first values, in the checkpoint's order, in place of what its layer
   * declares.
   */
  public Component startingWith(String weight, float[] values) {
    given.put(weight, values.clone());
    return this;
  }

  /** Takes first values from a component's folder, those that are given by name aside. */
  public Component startingFrom(Path folder) {
    checkpoint = folder;
    return this;
  }

  /**
   * Takes first values from a component of another network, where it has a weight of the same name
   * and shape; the others begin with what their layers declare.
   */
  public Component startingFromPartsOf(Path folder) {
    checkpoint = folder;
    inParts = true;
    return this;
  }

  /** Takes first values from a model, if it has a component of this name with weights. */
  void startingFromModel(Path model) {
    Path folder = model.resolve(name);
    if ((checkpoint == null || inParts)
        && Files.isDirectory(folder)
        && Checkpoints.find(folder, null).isPresent()) {
      checkpoint = folder;
      inParts = false;
    }
  }

  /** The weights that an optimizer changes. */
  List<TrainableWeight> trained() {
    return weights.all().stream().filter(weight -> trained.test(weight.name())).toList();
  }

  /** What a weight is called beside those of other components. */
  String key(TrainableWeight weight) {
    return name + "/" + weight.name();
  }

  /**
   * Gives every weight its first value.
   *
   * @throws IllegalStateException when one is given that no layer has
   */
  void fill(Session session, long seed) {
    for (String weight : given.keySet()) {
      if (weights.all().stream().noneMatch(known -> known.name().equals(weight))) {
        throw new IllegalStateException(name + " has no weight " + weight);
      }
    }
    if (checkpoint == null) {
      weights.fill(session, parameter -> given(parameter, () -> drawn(parameter, seed)));
      return;
    }
    try (TensorSource stored = Checkpoints.open(checkpoint)) {
      if (inParts) {
        begun = Optional.of(countFitting(stored));
      }
      weights.fill(session, parameter -> given(parameter, () -> read(stored, parameter, seed)));
    }
  }

  private String countFitting(TensorSource stored) {
    long all = weights.all().stream().mapToLong(w -> w.parameter().size()).sum();
    long fitting =
        weights.all().stream()
            .map(TrainableWeight::parameter)
            .filter(parameter -> fits(stored, parameter))
            .mapToLong(Parameter::size)
            .sum();
    if (fitting == 0) {
      throw new IllegalArgumentException(
          "%s has no tensor of the name and shape of one of the recipe's network"
              .formatted(checkpoint));
    }
    return "%s begins with %,d of its %,d weights as they are in %s"
        .formatted(name, fitting, all, checkpoint);
  }

  /** How much of it began as a part of another; empty where nothing did. */
  Optional<String> begun() {
    return begun;
  }

  private static boolean fits(TensorSource stored, Parameter parameter) {
    return stored.names().contains(parameter.name())
        && Arrays.equals(stored.info(parameter.name()).shape(), parameter.shape());
  }

  private float[] read(TensorSource stored, Parameter parameter, long seed) {
    if (inParts && !fits(stored, parameter)) {
      return drawn(parameter, seed);
    }
    if (LowRank.isPart(parameter.name()) && !stored.names().contains(parameter.name())) {
      return drawn(parameter, seed);
    }
    CheckpointNames names =
        architecture == null ? CheckpointNames.EXACT : architecture.checkpointNames();
    String name =
        names.candidates(parameter.name()).stream()
            .filter(stored.names()::contains)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s has no tensor %s, which the network of the recipe has"
                            .formatted(checkpoint, parameter.name())));
    long[] shape = stored.info(name).shape();
    if (!names.sameShape(shape, parameter.shape())) {
      throw new IllegalArgumentException(
          "%s: %s is %s, in the network of the recipe it is %s"
              .formatted(
                  checkpoint,
                  parameter.name(),
                  Arrays.toString(shape),
                  Arrays.toString(parameter.shape())));
    }
    return stored.floats(name);
  }

  private float[] given(Parameter parameter, java.util.function.Supplier<float[]> otherwise) {
    float[] values = given.get(parameter.name());
    return values == null ? otherwise.get() : values;
  }

  /** By its name, so that what is built before it changes nothing. */
  private float[] drawn(Parameter parameter, long seed) {
    long own = (name + "/" + parameter.name()).hashCode();
    return parameter.firstValues(new SplittableRandom(seed ^ own << 20));
  }
}
