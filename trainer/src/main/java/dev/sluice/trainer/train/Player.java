package dev.sluice.trainer.train;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Weights, and the loss that moves them: most systems have one, a generator with a critic are two.
 * All players step at once, each from where all stood before.
 *
 * @param name in reports and in the recipe
 * @param loss a scalar to be made small
 * @param components whose trained weights are its own
 */
public record Player(String name, Operand<TFloat32> loss, List<Component> components) {}
