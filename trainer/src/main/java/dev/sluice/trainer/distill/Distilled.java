package dev.sluice.trainer.distill;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Something that is found under a denoiser's judgement, and can be looked at on the way. */
interface Distilled extends Objective {

  /** The component of its weights. */
  String component();

  /** The numbers of the descent. */
  TrainingSettings settings();

  /** What of its texts the judge does not see, in sentences. */
  List<String> leftOut();

  /** The file of its weights in the folder of results. */
  Path weights(Path folder);

  /**
   * What it looks like.
   *
   * @param folder that has its weights
   * @return {@code [rows, 3, side, side]} in [-1, 1]
   */
  HostTensor.Floats pictures(Path folder) throws IOException;

  /**
   * Writes what is to be had at the end, weights aside.
   *
   * @param folder that has them
   * @return the file to look at first
   */
  Path finish(Path folder) throws IOException;
}
