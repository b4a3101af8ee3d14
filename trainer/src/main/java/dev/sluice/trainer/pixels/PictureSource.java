package dev.sluice.trainer.pixels;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;

/** Where the pictures of a training come from. */
@FunctionalInterface
public interface PictureSource extends AutoCloseable {

  /**
   * A batch, the same whenever it is asked for.
   *
   * @return {@code clean [rows, channels, height, width]} in [-1, 1], and {@code classes [rows]}
   */
  Map<String, HostTensor> batch(long number);

  @Override
  default void close() {}
}
