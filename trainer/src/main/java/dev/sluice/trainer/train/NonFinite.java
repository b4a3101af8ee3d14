package dev.sluice.trainer.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Finds where a batch first gives a number that is none. */
final class NonFinite {

  private final TrainingGraph graph;
  private final TrainingGraph.Form form;
  private final Consumer<Session.Runner> feed;

  /**
   * @param form of the batch
   * @param feed feeds it
   */
  NonFinite(TrainingGraph graph, TrainingGraph.Form form, Consumer<Session.Runner> feed) {
    this.graph = graph;
    this.form = form;
    this.feed = feed;
  }

  /** In words, by a second run that changes nothing. */
  String find(List<PlayerStep> players) {
    String layer = first(form.taps());
    if (layer != null) {
      return "the first layer whose output is not finite is " + layer;
    }
    for (PlayerStep player : players) {
      if (first(Map.of("loss", player.player().loss())) != null) {
        return "all layers' outputs are finite, but the loss of %s is not"
            .formatted(player.player().name());
      }
      String weight = first(player.gradients());
      if (weight != null) {
        return "all outputs are finite, but the gradient of %s is not".formatted(weight);
      }
    }
    return "each gradient is finite, but all together are too large a number";
  }

  private String first(Map<String, Operand<TFloat32>> values) {
    Ops tf = graph.tf();
    List<String> names = new ArrayList<>(values.keySet());
    Session.Runner runner = graph.session().runner();
    feed.accept(runner);
    for (String name : names) {
      int rank = values.get(name).shape().numDimensions();
      int[] axes = new int[rank];
      for (int i = 0; i < rank; i++) {
        axes[i] = i;
      }
      runner.fetch(tf.reduceAll(tf.math.isFinite(values.get(name)), tf.constant(axes)));
    }
    try (Result result = runner.run()) {
      for (int i = 0; i < names.size(); i++) {
        if (!((TBool) result.get(i)).getBoolean()) {
          return names.get(i);
        }
      }
    }
    return null;
  }
}
