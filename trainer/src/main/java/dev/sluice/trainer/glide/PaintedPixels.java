package dev.sluice.trainer.glide;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.T5EncoderModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.captioned.T5Captions;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The loss of a network that paints into pictures (Nichol et al. 2021, section 4.3): behind the
 * noised picture it sees a mask, and the picture with a hole where the mask is. It begins with the
 * weights of one that draws, and with zeros for the channels that are new. A share of the holes is
 * the whole picture, so that it does not forget how to draw.
 */
final class PaintedPixels implements Objective {

  private static final int COLORS = 3;

  /** Of a mask, and of a picture with a hole. */
  private static final int SEEN = 1 + COLORS;

  private static final String FIRST = "conv_in.weight";

  private final Recipe recipe;
  private final int side;
  private final double whole;
  private final Path text;
  private final Path drawing;
  private final ShapesBatches batches;
  private final T5Captions captions;
  private final DiffusionLoss loss;

  PaintedPixels(PhaseContext context) {
    this.recipe = context.recipe();
    this.side = recipe.integer("components.unet.sample_size", 4);
    this.whole = context.own().number("whole", 0, 1);
    this.text = ShapesGlideInpainting.trainedText(recipe);
    this.drawing = OtherModel.builtOn(recipe, IfFiles.UNET);
    this.batches = new ShapesBatches(context);
    this.captions = new T5Captions(context);
    this.loss = DiffusionLoss.of(recipe.at("loss"));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component encoder =
        graph.frozen(IfFiles.TEXT_ENCODER, new T5EncoderModel(OtherModel.config(text)), text);
    Component unet =
        graph
            .trained(IfFiles.UNET, new UNet2DConditionModel(Config.of(IfFiles.unet(recipe))))
            .startingFrom(drawing)
            .startingWith(FIRST, widened(drawing));
    Noised noised = loss.noised(graph, graph.floats("clean", COLORS, side, side));
    Operand<TFloat32> answer =
        graph
            .build(
                unet,
                Map.of(
                    "sample",
                    Layers.concat(
                        graph.tf(),
                        1,
                        List.of(noised.sample(), graph.floats("seen", SEEN, side, side))),
                    "timestep",
                    noised.timestep(),
                    "encoder_hidden_states",
                    captions.of(graph, encoder)))
            .get("sample");
    return List.of(new Player(IfFiles.UNET, loss.ofColors(graph, noised, answer), List.of(unet)));
  }

  /** Filters for the colors as they are, and zeros for what is new. */
  private static float[] widened(Path unet) {
    try (TensorSource weights = Checkpoints.open(unet)) {
      float[] usual = weights.floats(FIRST);
      int filters = (int) weights.info(FIRST).shape()[0];
      int size = usual.length / filters;
      int wide = size / COLORS * (COLORS + SEEN);
      float[] widened = new float[filters * wide];
      for (int filter = 0; filter < filters; filter++) {
        System.arraycopy(usual, filter * size, widened, filter * wide, size);
      }
      return widened;
    }
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    SplittableRandom random = batches.random(number);
    Map<String, HostTensor> batch = captions.batch(examples, random);
    HostTensor.Floats clean = ShapesBatches.pictures(examples, side);
    int area = side * side;
    float[] seen = new float[examples.length * SEEN * area];
    for (int row = 0; row < examples.length; row++) {
      boolean[] hole = hole(random);
      for (int i = 0; i < area; i++) {
        seen[row * SEEN * area + i] = hole[i] ? 1 : 0;
        for (int color = 0; color < COLORS; color++) {
          seen[(row * SEEN + 1 + color) * area + i] =
              hole[i] ? 0 : clean.values()[(row * COLORS + color) * area + i];
        }
      }
    }
    batch.put("clean", clean);
    batch.put("seen", new HostTensor.Floats(seen, examples.length, SEEN, side, side));
    return batch;
  }

  /** A rectangle, a quarter to three quarters of the picture wide and high; or all of it. */
  private boolean[] hole(SplittableRandom random) {
    boolean[] hole = new boolean[side * side];
    int width = random.nextInt(side / 4, 3 * side / 4 + 1);
    int height = random.nextInt(side / 4, 3 * side / 4 + 1);
    int left = random.nextInt(side - width + 1);
    int top = random.nextInt(side - height + 1);
    for (int y = top; y < top + height; y++) {
      Arrays.fill(hole, y * side + left, y * side + left + width, true);
    }
    if (random.nextDouble() < whole) {
      Arrays.fill(hole, true);
    }
    return hole;
  }

  @Override
  public void close() {
    captions.close();
  }
}
