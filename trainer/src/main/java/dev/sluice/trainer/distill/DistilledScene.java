package dev.sluice.trainer.distill;

import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.diffusion.ScoreDistillation;
import dev.sluice.trainer.latent.GuidedTeacher;
import dev.sluice.trainer.latent.Latents;
import dev.sluice.trainer.latent.StableDiffusion;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.shapes.Pixels;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A scene in three dimensions: a field whose pictures, from anywhere around it, the judge is to
 * take for what the text says (Poole et al. 2022, section 3.3). What is seen goes through the
 * judge's encoder, as its denoiser knows latents only.
 */
final class DistilledScene implements Distilled {

  /** The recipe's name. */
  static final String RECIPE = "distill-scene";

  private static final String SCENE = "scene";
  private static final String VAE = "vae";
  private static final int COLUMNS = 6;

  private final StableDiffusion judge;
  private final Directions directions;
  private final StableDiffusion.Words words;
  private final ScoreDistillation distillation;
  private final RadianceField field;
  private final TrainingSettings settings;
  private final double guidance;
  private final double sparsity;
  private final double lowest;
  private final double highest;
  private final int frames;

  /**
   * @param judge is closed with this
   * @param texts by direction, that of the front among them
   * @param negative what is not wanted; empty for nothing
   */
  DistilledScene(
      StableDiffusion judge, Recipe recipe, Map<Direction, String> texts, String negative) {
    this.judge = judge;
    this.directions = new Directions(texts);
    this.words = judge.words(directions.texts(), negative);
    this.distillation = ScoreDistillation.of(recipe, judge.process(), judge.prediction());
    this.field = RadianceField.of(recipe);
    this.guidance = recipe.number("guidance", 0, 1e4);
    this.sparsity = recipe.number("sparsity", 0, 1e4);
    this.lowest = Math.toRadians(recipe.number("elevation.least", -89, 89));
    this.highest = Math.toRadians(recipe.number("elevation.most", -89, 89));
    if (lowest > highest) {
      throw new RecipeException("elevation.least is above elevation.most");
    }
    this.frames = recipe.integer("frames", 1);
    this.settings = Distilled.settings(recipe, "views", recipe.integer("views", 1));
  }

  @Override
  public String component() {
    return SCENE;
  }

  @Override
  public TrainingSettings settings() {
    return settings;
  }

  @Override
  public List<String> leftOut() {
    return words.leftOut();
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    Component scene = graph.trained(SCENE, field);
    Operand<TFloat32> azimuth = between(graph, 0, 2 * Math.PI);
    Operand<TFloat32> elevation = between(graph, lowest, highest);
    Map<String, Operand<TFloat32>> seen =
        graph.build(
            scene,
            Map.of(
                "azimuth",
                azimuth,
                "elevation",
                elevation,
                "places",
                graph.uniform(field.renderer().samples())));
    Noised noised = distillation.noised(graph, encoded(graph, seen.get("sample")));
    Operand<TFloat32> answer =
        new GuidedTeacher(graph, judge.unet(), guidance)
            .answer(
                noised,
                states(graph, directions.shares(tf, azimuth, elevation)),
                Tensors.repeated(graph, Tensors.constant(graph, words.none()), graph.rows()));
    Operand<TFloat32> judged = distillation.loss(graph, noised, answer);
    Operand<TFloat32> filled = filled(graph, seen.get("opacity"));
    graph.measure("opacity", graph.mean(seen.get("opacity")));
    return List.of(
        new Player(
            SCENE,
            tf.math.add(judged, tf.math.mul(filled, tf.constant((float) sparsity))),
            List.of(scene)));
  }

  private static Operand<TFloat32> between(TrainingGraph graph, double least, double most) {
    Ops tf = graph.tf();
    return tf.math.add(
        tf.math.mul(graph.uniform(), tf.constant((float) (most - least))),
        tf.constant((float) least));
  }

  /** DreamFusion, appendix A.2 ("opacity"): space that need not be filled shall be empty. */
  private static Operand<TFloat32> filled(TrainingGraph graph, Operand<TFloat32> opacity) {
    Ops tf = graph.tf();
    return graph.mean(tf.math.sqrt(tf.math.add(tf.math.square(opacity), tf.constant(0.01f))));
  }

  /** Pictures of the judge's size, as its latents. */
  private Operand<TFloat32> encoded(TrainingGraph graph, Operand<TFloat32> pictures) {
    Ops tf = graph.tf();
    Operand<TFloat32> sized = pictures;
    int height = judge.size().pixelHeight();
    int width = judge.size().pixelWidth();
    if (pictures.shape().size(2) != height || pictures.shape().size(3) != width) {
      Operand<TFloat32> last = tf.linalg.transpose(pictures, tf.constant(new int[] {0, 2, 3, 1}));
      sized =
          tf.linalg.transpose(
              tf.image.resizeBilinear(
                  last,
                  tf.constant(new int[] {height, width}),
                  org.tensorflow.op.image.ResizeBilinear.halfPixelCenters(true)),
              tf.constant(new int[] {0, 3, 1, 2}));
    }
    Latents latents = judge.latents();
    Component encoder = graph.frozen(VAE, new AutoencoderKl(latents.config()), latents.folder());
    return latents.scaled(graph, graph.build(encoder, Map.of("x", sized)).get("mean"));
  }

  private Operand<TFloat32> states(TrainingGraph graph, Operand<TFloat32> shares) {
    Ops tf = graph.tf();
    int[] shape = words.states().shape();
    Operand<TFloat32> flat =
        reshape(tf, Tensors.constant(graph, words.states()), shape[0], shape[1] * shape[2]);
    return reshape(tf, tf.linalg.matMul(shares, flat), graph.rows(), shape[1], shape[2]);
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    return distillation.batch(number, settings.steps(), settings.rows());
  }

  @Override
  public Path weights(Path folder) {
    return folder.resolve(SCENE).resolve("diffusion_pytorch_model.safetensors");
  }

  @Override
  public HostTensor.Floats pictures(Path folder) {
    return turned(folder, 4);
  }

  /** Once round it, from the middle of the elevations. */
  private HostTensor.Floats turned(Path folder, int count) {
    int side = judge.size().pixelHeight();
    RadianceField shown = field.seenAt(side, 2 * field.renderer().samples());
    float[] values = new float[count * 3 * side * side];
    try (TensorSource weights = Checkpoints.open(folder.resolve(SCENE));
        Network network = Network.load(shown, weights)) {
      for (int i = 0; i < count; i++) {
        float[] frame =
            network
                .run(shown.view(2 * Math.PI * i / count, (lowest + highest) / 2))
                .get("sample")
                .values();
        System.arraycopy(frame, 0, values, i * frame.length, frame.length);
      }
    }
    return new HostTensor.Floats(values, count, 3, side, side);
  }

  @Override
  public Path finish(Path folder) throws IOException {
    HostTensor.Floats turned = turned(folder, frames);
    Path sheet = folder.resolve("turntable.png");
    new PictureSheet(Math.min(frames, COLUMNS), 2).add(turned, frames).write(sheet);
    Path own = Files.createDirectories(folder.resolve("frames"));
    for (int i = 0; i < frames; i++) {
      Files.write(own.resolve("frame-%03d.png".formatted(i)), Pixels.png(turned.row(i).values()));
    }
    return sheet;
  }

  @Override
  public void close() {
    judge.close();
  }
}
