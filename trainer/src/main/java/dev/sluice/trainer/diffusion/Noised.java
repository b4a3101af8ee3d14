package dev.sluice.trainer.diffusion;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A batch with its noise.
 *
 * @param sample x_t, in the shape of {@code clean}
 * @param timestep what the network is told, {@code [rows]}
 * @param index of the timestep, {@code [rows]}
 * @param clean x_0
 * @param noise n
 */
public record Noised(
    Operand<TFloat32> sample,
    Operand<TFloat32> timestep,
    Operand<TInt64> index,
    Operand<TFloat32> clean,
    Operand<TFloat32> noise) {}
