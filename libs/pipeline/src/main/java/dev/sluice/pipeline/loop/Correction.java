package dev.sluice.pipeline.loop;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.Ask;
import java.util.List;
import java.util.Map;

/** A further question of a step: about what the denoiser answered, to change it. */
public interface Correction {

  /**
   * What another network is asked.
   *
   * @param samples of each picture
   * @throws IllegalArgumentException if the request does not say what is wanted
   */
  Ask ask(List<GuidedSample> samples);

  /**
   * What its answers come to: the gradient with respect to the denoiser's input of what is wanted.
   *
   * @param outputs for the rows of {@link #ask}
   * @return for each picture, as long as its sample
   */
  List<float[]> gradients(List<GuidedSample> samples, List<Map<String, HostTensor.Floats>> outputs);
}
