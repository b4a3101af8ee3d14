package dev.sluice.pipeline.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.code.CodeGrid;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.draw.Drawing;
import dev.sluice.pipeline.loop.LoopState;
import dev.sluice.pipeline.loop.LoopTrail;
import dev.sluice.pipeline.loop.ResumableLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.loop.StoppingListener;
import dev.sluice.pipeline.request.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PictureCodesTest {

  private static final CodeGrid GRID = new CodeGrid(2, 4);
  private static final int CODES = GRID.count();
  private static final int LAYERS = 2;
  private static final int WIDTH = 3;
  private static final int[] MEMORY = {1, LAYERS, 2, CODES, WIDTH};
  private static final BatchLimit LIMIT = new BatchLimit(32, 1 << 20);

  /**
   * Logits that depend on the text, on the place and on all that is remembered up to it; what is
   * remembered of a place depends on the code before it.
   */
  private static Map<String, HostTensor.Floats> answers(Map<String, HostTensor> inputs) {
    float[] texts = ((HostTensor.Floats) inputs.get("text_memory")).values();
    float[] memories = ((HostTensor.Floats) inputs.get("memory")).values();
    long[] codes = ((HostTensor.Longs) inputs.get("codes")).values();
    long[] positions = ((HostTensor.Longs) inputs.get("position")).values();
    int rows = positions.length;
    float[] logits = new float[rows * GRID.words()];
    float[] remembered = new float[rows * LAYERS * 2 * WIDTH];
    int memory = LAYERS * 2 * CODES * WIDTH;
    for (int row = 0; row < rows; row++) {
      int position = (int) positions[row];
      double mix = texts[row] + 0.7 * position;
      for (int part = 0; part < LAYERS * 2; part++) {
        for (int place = 0; place < position; place++) {
          for (int i = 0; i < WIDTH; i++) {
            mix += (1 + part) * memories[row * memory + (part * CODES + place) * WIDTH + i];
          }
        }
      }
      long before = position == 0 ? -1 : codes[row * CODES + position - 1];
      mix += before;
      for (int word = 0; word < GRID.words(); word++) {
        boolean own = word / GRID.entries() == GRID.firstWord(position) / GRID.entries();
        logits[row * GRID.words() + word] = own ? (float) (2 * Math.sin(mix + 1.9 * word)) : -10000;
      }
      for (int i = 0; i < LAYERS * 2 * WIDTH; i++) {
        remembered[row * LAYERS * 2 * WIDTH + i] = (float) Math.sin(before + 0.3 * i);
      }
    }
    return Map.of(
        "logits", new HostTensor.Floats(logits, rows, GRID.words()),
        "remembered", new HostTensor.Floats(remembered, rows, LAYERS, 2, 1, WIDTH));
  }

  private static PictureCodes loop(
      int pictures, Sampling sampling, TorchGenerator generator, StepListener listener) {
    List<HostTensor> texts = new ArrayList<>();
    for (int picture = 0; picture < pictures; picture++) {
      if (PictureCodes.rowsEach(sampling) > 1) {
        texts.add(new HostTensor.Floats(new float[] {-0.3f}, 1, 1));
      }
      texts.add(new HostTensor.Floats(new float[] {0.8f}, 1, 1));
    }
    return new PictureCodes(
        GRID, new PictureCodes.Texts(texts, MEMORY), sampling, generator, listener);
  }

  private static StepBatcher batcher() {
    return new StepBatcher("toy", PictureCodesTest::answers, LIMIT);
  }

  @Property(tries = 40)
  void loop_thatIsStoppedAndGoneOnWithDrawsTheSameCodes(
      @ForAll @IntRange(min = 1, max = 4) int stop, @ForAll long seed) throws InterruptedException {
    Sampling sampling = Sampling.of(1, 3);
    try (StepBatcher batcher = batcher()) {
      TorchGenerator generator = new TorchGenerator(seed);
      PictureCodes whole = loop(2, sampling, generator, StepListener.NONE);
      batcher.run(whole);

      StoppingListener stopping = new StoppingListener(LoopTrail.empty(), stop);
      assertThatThrownBy(() -> batcher.run(loop(2, sampling, new TorchGenerator(seed), stopping)))
          .hasMessage("stopped");
      LoopTrail left = LoopTrail.of(stopping.trail().toBytes());
      TorchGenerator restored = new TorchGenerator(seed);
      PictureCodes rest = loop(2, sampling, restored, new StoppingListener(left, -1));

      assertThat(rest.step()).isEqualTo(stop);
      batcher.run(rest);
      assertThat(rest.sample().values()).isEqualTo(whole.sample().values());
      assertThat(restored.state()).isEqualTo(generator.state());
    }
  }

  @Test
  void loop_drawsTheSameCodesInAnyCompany() throws Exception {
    try (StepBatcher batcher = batcher()) {
      List<PictureCodes> loops = new ArrayList<>();
      List<CompletableFuture<Void>> done = new ArrayList<>();
      for (int seed = 0; seed < 6; seed++) {
        loops.add(ofSeed(seed));
        done.add(batcher.submit(loops.get(seed)));
      }
      for (int seed = 0; seed < 6; seed++) {
        done.get(seed).get(10, TimeUnit.SECONDS);
        PictureCodes alone = ofSeed(seed);
        batcher.run(alone);
        assertThat(loops.get(seed).sample().values()).isEqualTo(alone.sample().values());
      }
    }
  }

  private static PictureCodes ofSeed(int seed) {
    return loop(
        1 + seed % 2,
        Sampling.of(1, seed % 3).drawing(new Drawing(seed % 2, 0)),
        new TorchGenerator(seed),
        StepListener.NONE);
  }

  @Test
  void sample_showsWhatIsDrawnSoFar() throws InterruptedException {
    try (StepBatcher batcher = batcher()) {
      List<float[]> shown = new ArrayList<>();
      PictureCodes loop =
          loop(
              1,
              Sampling.of(1, 1),
              new TorchGenerator(1),
              new StepListener() {
                @Override
                public void afterStep(int step, int steps, ResumableLoop at) {
                  shown.add(at.predictedOriginal().values());
                }
              });
      assertThat(loop.predictedOriginal()).isNull();
      batcher.run(loop);

      assertThat(shown).hasSize(CODES);
      float[] whole = loop.sample().values();
      assertThat(whole).hasSize(8);
      for (float code : whole) {
        assertThat(code).isBetween(0f, GRID.entries() - 1f);
      }
      assertThat(shown.get(0))
          .containsExactly(whole[0], whole[1], whole[2], whole[3], -1, -1, -1, -1);
      assertThat(shown.get(2)).endsWith(whole[4], whole[5], -1, -1);
    }
  }

  @Test
  void state_ofOtherPicturesIsNotGoneOnWith() {
    LoopState one = loop(1, Sampling.of(1, 3), new TorchGenerator(1), StepListener.NONE).state();
    assertThat(loop(1, Sampling.of(1, 3), new TorchGenerator(2), StepListener.NONE).isOfThis(one))
        .isTrue();
    assertThat(loop(2, Sampling.of(1, 3), new TorchGenerator(2), StepListener.NONE).isOfThis(one))
        .isFalse();
    assertThat(loop(1, Sampling.of(1, 1), new TorchGenerator(2), StepListener.NONE).isOfThis(one))
        .as("without guidance there is a row less")
        .isFalse();
  }
}
