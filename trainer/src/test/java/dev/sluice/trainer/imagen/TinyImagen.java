package dev.sluice.trainer.imagen;

import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Imagen of a few thousand weights: pictures of 16x16, enlarged to 32x32. */
public final class TinyImagen {

  private static final String[] TINY_TEXT = {
    "phases.text.batch=16",
    "phases.text.shards=1",
    "phases.text.optimizer.rate=1e-2",
    "phases.text.optimizer.warm-up=1",
    "components.text_encoder.d_model=16",
    "components.text_encoder.d_kv=8",
    "components.text_encoder.d_ff=16",
    "components.text_encoder.num_layers=1",
    "components.text_encoder.num_heads=2",
  };

  private static final String[] TINY_UNET = {
    "components.unet.attention_head_dim=8",
    "components.unet.cross_attention_dim=16",
    "components.unet.encoder_hid_dim=16",
    "components.unet.addition_embed_type_num_heads=2",
    "components.unet.norm_num_groups=4",
  };

  private static final String[] TINY_BASE = {
    "phases.base.batch=4",
    "phases.base.shards=1",
    "phases.base.optimizer.rate=5e-3",
    "phases.base.optimizer.warm-up=1",
    "phases.base.optimizer.course=constant",
    "components.unet.sample_size=16",
    "components.unet.block_out_channels=[8, 8, 8, 8]",
  };

  private static final String[] TINY_ENLARGING = {
    "small-side=16",
    "phases.super-resolution.batch=4",
    "phases.super-resolution.shards=1",
    "phases.super-resolution.crop=16",
    "phases.super-resolution.optimizer.rate=5e-3",
    "phases.super-resolution.optimizer.warm-up=1",
    "components.unet.sample_size=32",
    "components.unet.block_out_channels=[8, 8, 8, 8]",
    "components.unet.layers_per_block=[1, 1, 1, 2]",
    "sampling.denoiser.steps=2",
  };

  private TinyImagen() {}

  /** What makes a recipe of the first stage so small. */
  public static List<String> small(int textSteps) {
    return Stream.of(
            TINY_TEXT, TINY_UNET, TINY_BASE, new String[] {"phases.text.steps=" + textSteps})
        .flatMap(Arrays::stream)
        .toList();
  }

  /** What makes a recipe of the second stage so small. */
  public static List<String> smallEnlarging() {
    return Stream.of(TINY_UNET, TINY_ENLARGING).flatMap(Arrays::stream).toList();
  }

  /** Trains the text encoder of {@code folder/model}. */
  public static String text(Path folder, int steps) throws IOException {
    String[] own = {"phases.text.steps=" + steps};
    return train(
        new ShapesImagen(), folder, MaskedText.TEXT, false, TINY_TEXT, TINY_UNET, TINY_BASE, own);
  }

  /** Trains the first stage beside it. */
  public static String base(Path folder, int steps, boolean resume) throws IOException {
    String[] own = {"phases.base.steps=" + steps};
    return train(new ShapesImagen(), folder, "base", resume, TINY_TEXT, TINY_UNET, TINY_BASE, own);
  }

  /** Trains a second stage for it. */
  public static String enlarging(Path folder, Path first, int steps) throws IOException {
    String[] own = {"built-on.text_encoder=" + first, "phases.super-resolution.steps=" + steps};
    return train(new ShapesImagen64(), folder, null, false, TINY_UNET, TINY_ENLARGING, own);
  }

  private static String train(
      TrainedSystem system, Path folder, String phase, boolean resume, String[]... settings)
      throws IOException {
    String[] all = Stream.of(settings).flatMap(Arrays::stream).toArray(String[]::new);
    return Trainings.train(system, folder, null, phase, resume, all);
  }
}
