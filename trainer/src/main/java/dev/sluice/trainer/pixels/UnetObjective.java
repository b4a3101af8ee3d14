package dev.sluice.trainer.pixels;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A {@code UNet2DModel} that answers of noised pictures, knowing their class where its config has
 * classes: algorithm 1 of DDPM (Ho et al. 2020), for whatever the loss says.
 */
public final class UnetObjective implements Objective {

  /** The component, and the player. */
  public static final String UNET = "unet";

  private final Map<String, Object> config;
  private final DiffusionLoss loss;
  private final PictureSource source;

  /**
   * @param config of the network, with {@code sample_size}
   * @param source is closed with this
   */
  public UnetObjective(Map<String, Object> config, DiffusionLoss loss, PictureSource source) {
    this.config = config;
    this.loss = loss;
    this.source = source;
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Config read = Config.of(config);
    int side = read.integer("sample_size");
    Component unet = graph.trained(UNET, new UNet2DModel(read));
    Noised noised =
        loss.noised(graph, graph.floats("clean", read.integer("in_channels"), side, side));
    Map<String, Operand<? extends TType>> inputs = new LinkedHashMap<>();
    inputs.put("sample", noised.sample());
    inputs.put("timestep", noised.timestep());
    if (read.has("num_class_embeds")) {
      inputs.put("class_labels", graph.longs("classes"));
    }
    Operand<TFloat32> answer = graph.build(unet, inputs).get("sample");
    return List.of(new Player(UNET, loss.of(graph, noised, answer), List.of(unet)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    return source.batch(number);
  }

  @Override
  public void close() {
    source.close();
  }
}
