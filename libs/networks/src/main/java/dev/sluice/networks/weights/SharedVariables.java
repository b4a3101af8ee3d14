package dev.sluice.networks.weights;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.WeightProvider;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.family.TFloating;

/**
 * A network's weights as one graph's variables. A variable takes over the memory of the tensor that
 * is assigned to it, so graphs of one network hold the same memory and none holds a copy.
 */
public final class SharedVariables implements WeightProvider {

  private record Variable(
      NetworkWeights.Weight weight,
      Placeholder<? extends TFloating> value,
      Op assign,
      Operand<? extends TFloating> read) {}

  private final Ops tf;
  private final NetworkWeights weights;
  private final DeclaredWeights<Variable> declared = new DeclaredWeights<>();

  public SharedVariables(Ops tf, NetworkWeights weights) {
    this.tf = tf;
    this.weights = weights;
  }

  @Override
  public Operand<? extends TFloating> declare(Parameter parameter) {
    return declared
        .declare(parameter, p -> variable(weights.get(p), weights.get(p).values().type()))
        .read();
  }

  @SuppressWarnings("unchecked")
  private <T extends TFloating> Variable variable(NetworkWeights.Weight weight, Class<?> type) {
    Class<T> values = (Class<T>) type;
    VarHandleOp handle =
        tf.varHandleOp(
            values, weight.values().shape(), VarHandleOp.sharedName(weight.parameter().name()));
    Placeholder<T> value = tf.placeholder(values, Placeholder.shape(weight.values().shape()));
    return new Variable(
        weight, value, tf.assignVariableOp(handle, value), tf.readVariableOp(handle, values));
  }

  /** Sets the variables; to be called once, when the graph is built. */
  public void fill(Session session) {
    List<Variable> variables = new ArrayList<>(declared.all());
    if (variables.isEmpty()) {
      return;
    }
    Session.Runner runner = session.runner();
    for (Variable variable : variables) {
      runner.feed(variable.value(), variable.weight().values()).addTarget(variable.assign());
    }
    runner.run().close();
  }
}
