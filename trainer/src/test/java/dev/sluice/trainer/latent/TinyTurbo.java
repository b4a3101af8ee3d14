package dev.sluice.trainer.latent;

import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A small teacher, and small students of it. */
public final class TinyTurbo {

  private static final Map<Path, byte[]> TEACHER = new HashMap<>();

  private TinyTurbo() {}

  /** Latent diffusion of two steps, in {@code folder/model}: trained once, as many ask for it. */
  public static synchronized void teacher(Path folder) throws IOException {
    if (TEACHER.isEmpty()) {
      trainTeacher(folder);
      try (Stream<Path> files = Files.walk(folder.resolve("model"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          TEACHER.put(folder.relativize(file), Files.readAllBytes(file));
        }
      }
    }
    for (Map.Entry<Path, byte[]> file : TEACHER.entrySet()) {
      Path to = folder.resolve(file.getKey());
      Files.createDirectories(to.getParent());
      Files.write(to, file.getValue());
    }
  }

  private static void trainTeacher(Path folder) throws IOException {
    Trainings.train(
        new ShapesLdm(), folder, null, null, false, smallTeacher().toArray(String[]::new));
  }

  /** What makes a teacher small. */
  public static List<String> smallTeacher() {
    return List.of(
        "built-on.text_encoder=" + TinyLatents.CLIP,
        "phases.autoencoder.batch=8",
        "phases.autoencoder.shards=1",
        "phases.autoencoder.steps=2",
        "phases.autoencoder.measured=8",
        "components.vae.block_out_channels=[4, 4, 4]",
        "components.vae.norm_num_groups=2",
        "phases.text-to-latents.batch=8",
        "phases.text-to-latents.shards=1",
        "phases.text-to-latents.kept=16",
        "phases.text-to-latents.steps=2",
        "components.unet.block_out_channels=[4, 8]",
        "components.unet.down_block_types=[DownBlock2D, CrossAttnDownBlock2D]",
        "components.unet.up_block_types=[CrossAttnUpBlock2D, UpBlock2D]",
        "components.unet.attention_head_dim=2",
        "components.unet.norm_num_groups=2");
  }

  /** What makes a student of that teacher small. */
  public static List<String> small(Path teacher) {
    return List.of(
        "built-on.unet=" + teacher,
        "built-on.vae=" + teacher,
        "built-on.text_encoder=" + TinyLatents.CLIP,
        "built-on.image_encoder=" + TinyLatents.CLIP,
        "phases.distillation.batch=4",
        "phases.distillation.shards=1",
        "phases.distillation.kept=16",
        "phases.distillation.optimizer.warm-up=1",
        "phases.distillation.optimizer.course=constant",
        "phases.distillation.players.critic.warm-up=1",
        "phases.distillation.players.critic.rate=1e-2",
        "phases.distillation.players.critic.course=constant",
        "phases.distillation.critic.hidden=8");
  }

  /**
   * Trains a student, to {@code to/model}.
   *
   * @param settings beside the small ones
   * @return what is told
   */
  static String train(Path teacher, Path to, boolean resume, int steps, String... settings)
      throws IOException {
    return Trainings.train(
        new ShapesTurbo(),
        to,
        null,
        null,
        resume,
        Stream.of(
                small(teacher).stream(),
                Stream.of("phases.distillation.steps=" + steps),
                Stream.of(settings))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }
}
