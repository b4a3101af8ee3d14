package dev.sluice.trainer.glide;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** GLIDE of a few thousand weights: pictures of 16x16. */
public final class TinyGlide {

  private static final List<String> UNET =
      List.of(
          "components.unet.sample_size=16",
          "components.unet.block_out_channels=[8, 8, 8, 8]",
          "components.unet.attention_head_dim=8",
          "components.unet.cross_attention_dim=16",
          "components.unet.encoder_hid_dim=16",
          "components.unet.addition_embed_type_num_heads=2",
          "components.unet.norm_num_groups=4");

  private static final List<String> DRAWING =
      List.of(
          "phases.text-to-pixels.batch=8",
          "phases.text-to-pixels.shards=1",
          "phases.text-to-pixels.optimizer.rate=5e-3",
          "phases.text-to-pixels.optimizer.warm-up=1",
          "components.text_encoder.d_model=16",
          "components.text_encoder.d_kv=8",
          "components.text_encoder.d_ff=16",
          "components.text_encoder.num_layers=1",
          "components.text_encoder.num_heads=2");

  private static final List<String> PAINTING =
      List.of(
          "phases.inpainting.batch=8",
          "phases.inpainting.shards=1",
          "phases.inpainting.optimizer.rate=5e-3",
          "phases.inpainting.optimizer.warm-up=1");

  private TinyGlide() {}

  /** What makes a recipe of the model that draws so small. */
  static String[] drawing(int steps, String... more) {
    return Stream.of(
            DRAWING.stream(),
            UNET.stream(),
            Stream.of("phases.text-to-pixels.steps=" + steps),
            Stream.of(more))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  /** The same of one that goes on to paint. */
  static List<String> painting(Path drawing, int steps) {
    return Stream.of(
            painting().stream(),
            Stream.of(
                "built-on.text_encoder=" + drawing,
                "built-on.unet=" + drawing,
                "phases.inpainting.steps=" + steps))
        .flatMap(part -> part)
        .toList();
  }

  /** The same, whatever it goes on with. */
  public static List<String> painting() {
    return Stream.of(PAINTING, UNET).flatMap(List::stream).toList();
  }
}
