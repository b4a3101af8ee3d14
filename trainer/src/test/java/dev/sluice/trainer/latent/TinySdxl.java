package dev.sluice.trainer.latent;

import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Small trainings of SDXL and its refiner, which begin with the network of {@link TinyTurbo}. */
public final class TinySdxl {

  private TinySdxl() {}

  /**
   * What makes a network small, built on that of a model with an autoencoder.
   *
   * @param phase of the system
   */
  public static List<String> small(Path begun, String phase) {
    return List.of(
        "built-on.unet=" + begun,
        "built-on.vae=" + begun,
        "built-on.text_encoder=" + TinyLatents.CLIP,
        "components.unet.block_out_channels=[4, 8]",
        "components.unet.down_block_types=[DownBlock2D, CrossAttnDownBlock2D]",
        "components.unet.up_block_types=[CrossAttnUpBlock2D, UpBlock2D]",
        "components.unet.attention_head_dim=2",
        "components.unet.norm_num_groups=2",
        "components.unet.addition_time_embed_dim=4",
        "phases." + phase + ".batch=8",
        "phases." + phase + ".shards=1",
        "phases." + phase + ".kept=64",
        "phases." + phase + ".optimizer.rate=1e-2",
        "phases." + phase + ".optimizer.warm-up=1",
        "phases." + phase + ".optimizer.course=constant",
        "phases." + phase + ".pictures.sizes=[64x64]");
  }

  /**
   * Trains to {@code to/model}.
   *
   * @param settings beside the small ones
   * @return what is told
   */
  public static String train(
      TrainedSystem system, Path begun, Path to, boolean resume, int steps, String... settings)
      throws IOException {
    String phase = system.phases().get(0).name();
    return Trainings.train(
        system,
        to,
        null,
        null,
        resume,
        Stream.of(
                small(begun, phase).stream(),
                Stream.of("phases." + phase + ".steps=" + steps),
                Stream.of(settings))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }
}
