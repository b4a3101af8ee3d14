package dev.sluice.trainer.emoji;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** A small set of emoji as npm's packages have them: discs and squares in colors. */
public final class TinyEmoji {

  /** How many there are, some of which are held out. */
  public static final int COUNT = 60;

  private static final int FIRST = 0x1f400;

  /** What a small training needs beside these pictures. */
  public static final String[] TINY = {
    "vocabulary.merges=50",
    "phases.autoencoder.batch=8",
    "phases.autoencoder.shards=1",
    "phases.autoencoder.steps=20",
    "phases.autoencoder.measured=8",
    "phases.autoencoder.optimizer.rate=1e-2",
    "phases.autoencoder.optimizer.warm-up=1",
    "phases.autoencoder.optimizer.course=constant",
    "components.vae.block_out_channels=[4, 4, 4]",
    "components.vae.norm_num_groups=2",
    "components.text_encoder.hidden_size=16",
    "components.text_encoder.intermediate_size=32",
    "components.text_encoder.projection_dim=16",
    "components.text_encoder.num_hidden_layers=1",
    "components.text_encoder.num_attention_heads=2",
    "components.unet.block_out_channels=[4, 8]",
    "components.unet.down_block_types=[DownBlock2D, CrossAttnDownBlock2D]",
    "components.unet.up_block_types=[CrossAttnUpBlock2D, UpBlock2D]",
    "components.unet.attention_head_dim=2",
    "components.unet.cross_attention_dim=16",
    "components.unet.norm_num_groups=2",
    "phases.text-to-latents.batch=8",
    "phases.text-to-latents.kept=64",
    "phases.text-to-latents.shards=1",
    "phases.text-to-latents.steps=20",
    "phases.text-to-latents.optimizer.rate=1e-2",
    "phases.text-to-latents.optimizer.warm-up=1",
    "phases.text-to-latents.optimizer.course=constant",
  };

  private TinyEmoji() {}

  /** Writes both vendors' packages and the keywords. */
  public static Path write(Path packages) throws IOException {
    for (String vendor : List.of("google", "twitter")) {
      Path set = packages.resolve("emoji-datasource-" + vendor);
      Path pictures = Files.createDirectories(set.resolve("img").resolve(vendor).resolve("64"));
      List<Map<String, Object>> entries = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        String code = Integer.toHexString(FIRST + i);
        entries.add(entry(code, name(i), i % 2 == 0 ? "ball" : "box"));
        ImageIO.write(drawing(i), "png", pictures.resolve(code + ".png").toFile());
      }
      json(set.resolve("emoji.json"), entries);
    }
    json(
        packages.resolve("emojilib/dist/emoji-en-US.json"),
        Map.of(Character.toString(FIRST), List.of("big_ball_no_0", "toy", ":)")));
    return packages;
  }

  private static String name(int i) {
    return (i % 2 == 0 ? "BALL NO " : "BOX NO ") + i;
  }

  static Map<String, Object> entry(String code, String name, String subcategory) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", name);
    entry.put("unified", code.toUpperCase(java.util.Locale.ROOT));
    entry.put("image", code + ".png");
    entry.put("short_names", List.of(name.toLowerCase(java.util.Locale.ROOT).replace(' ', '_')));
    entry.put("category", "Objects");
    entry.put("subcategory", subcategory);
    return entry;
  }

  static BufferedImage drawing(int i) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor(i / (float) COUNT, 0.9f, 0.9f));
    if (i % 2 == 0) {
      graphics.fillOval(8, 8, 48, 48);
    } else {
      graphics.fillRect(12, 12, 40, 40);
    }
    graphics.dispose();
    return image;
  }

  static void json(Path file, Object content) throws IOException {
    Files.createDirectories(file.getParent());
    new ObjectMapper().writeValue(file.toFile(), content);
  }
}
