package dev.sluice.pipeline.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.AutoregressivePriorConfig;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.LoopTrail;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.loop.StoppingListener;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CodeLoopTest {

  private static final int CODES = 7;
  private static final int BUCKETS = 5;
  private static final int SIMILARITIES = 6;
  private static final AutoregressivePriorConfig CONFIG =
      new AutoregressivePriorConfig(1, 4, 1, 2, 3, 2, CODES, BUCKETS, SIMILARITIES);
  private static final BatchLimit LIMIT = new BatchLimit(32, 1 << 20);

  /** Logits that depend on the text, the similarity, the position, and every code before it. */
  private static Map<String, HostTensor.Floats> answers(Map<String, HostTensor> inputs) {
    float[] texts = ((HostTensor.Floats) inputs.get("proj_embedding")).values();
    long[] codes = ((HostTensor.Longs) inputs.get("codes")).values();
    long[] positions = ((HostTensor.Longs) inputs.get("position")).values();
    long[] similarities = ((HostTensor.Longs) inputs.get("similarity")).values();
    float[] logits = new float[positions.length * BUCKETS];
    for (int row = 0; row < positions.length; row++) {
      double mix = texts[2 * row] + similarities[row] + 0.7 * positions[row];
      for (int i = 0; i < positions[row]; i++) {
        mix = 1.3 * mix + codes[row * CODES + i];
      }
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        logits[row * BUCKETS + bucket] = (float) (2 * Math.sin(mix + 1.9 * bucket));
      }
    }
    return Map.of("logits", new HostTensor.Floats(logits, positions.length, BUCKETS));
  }

  private static TextEmbedding text(float value) {
    return new TextEmbedding(
        new HostTensor.Floats(new float[] {value, 0}, 1, 2),
        new HostTensor.Floats(new float[6], 1, 3, 2),
        new HostTensor.Longs(new long[3], 1, 3));
  }

  private static CodeLoop loop(
      int pictures, double scale, TorchGenerator generator, StepListener listener) {
    return new CodeLoop(
        CONFIG,
        Collections.nCopies(pictures, text(0.8f)),
        Collections.nCopies(pictures, text(-0.3f)),
        scale,
        generator,
        listener);
  }

  private static StepBatcher batcher() {
    return new StepBatcher("toy", CodeLoopTest::answers, LIMIT);
  }

  @Property(tries = 40)
  void loop_thatIsStoppedAndGoneOnWithDrawsTheSameCodes(
      @ForAll @IntRange(min = 1, max = CODES - 1) int stop, @ForAll long seed)
      throws InterruptedException {
    try (StepBatcher batcher = batcher()) {
      TorchGenerator generator = new TorchGenerator(seed);
      CodeLoop whole = loop(2, 3, generator, StepListener.NONE);
      batcher.run(whole);

      StoppingListener stopping = new StoppingListener(LoopTrail.empty(), stop);
      assertThatThrownBy(() -> batcher.run(loop(2, 3, new TorchGenerator(seed), stopping)))
          .hasMessage("stopped");
      LoopTrail left = LoopTrail.of(stopping.trail().toBytes());
      TorchGenerator restored = new TorchGenerator(seed);
      CodeLoop rest = loop(2, 3, restored, new StoppingListener(left, -1));

      assertThat(rest.step()).isEqualTo(stop);
      batcher.run(rest);
      assertThat(rest.codes().values()).isEqualTo(whole.codes().values());
      assertThat(restored.state()).isEqualTo(generator.state());
    }
  }

  @Test
  void loop_drawsTheSameCodesInAnyCompany() throws Exception {
    try (StepBatcher batcher = batcher()) {
      List<CodeLoop> loops = new ArrayList<>();
      List<CompletableFuture<Void>> done = new ArrayList<>();
      for (int seed = 0; seed < 6; seed++) {
        loops.add(loop(1 + seed % 2, seed % 3, new TorchGenerator(seed), StepListener.NONE));
        done.add(batcher.submit(loops.get(seed)));
      }
      for (int seed = 0; seed < 6; seed++) {
        done.get(seed).get(10, TimeUnit.SECONDS);
        CodeLoop alone = loop(1 + seed % 2, seed % 3, new TorchGenerator(seed), StepListener.NONE);
        batcher.run(alone);
        assertThat(loops.get(seed).codes().values()).isEqualTo(alone.codes().values());
      }
    }
  }

  @Test
  void rows_askAboutBothTextsOnlyWhenGuided() {
    assertThat(loop(3, 1, new TorchGenerator(1), StepListener.NONE).rows()).hasSize(3);
    assertThat(loop(3, 1.5, new TorchGenerator(1), StepListener.NONE).rows()).hasSize(6);
  }

  @Test
  void rows_askForSimilaritiesOfTheUpperHalf() {
    Set<Long> asked = new TreeSet<>();
    for (Row row : loop(64, 1, new TorchGenerator(4), StepListener.NONE).rows()) {
      asked.add(((HostTensor.Longs) row.inputs().get("similarity")).values()[0]);
    }
    assertThat(asked).containsExactly(3L, 4L, 5L);
  }

  @Test
  void guidance_makesLikelyWhatTheTextMakesMoreLikely() throws InterruptedException {
    // At a large scale the draw is the bucket in which the two texts differ most.
    Map<String, HostTensor.Floats> wanted = answer(0.8f);
    Map<String, HostTensor.Floats> unwanted = answer(-0.3f);
    int expected = 0;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < BUCKETS; i++) {
      float more = wanted.get("logits").values()[i] - unwanted.get("logits").values()[i];
      expected = more > most ? i : expected;
      most = Math.max(most, more);
    }
    CodeLoop loop = loop(1, 1e6, new TorchGenerator(0), StepListener.NONE);
    loop.accept(List.of(unwanted, wanted));
    assertThat(loop.codes().values()[0]).isEqualTo(expected);
  }

  private static Map<String, HostTensor.Floats> answer(float text) {
    return answers(
        Map.of(
            "proj_embedding", new HostTensor.Floats(new float[] {text, 0}, 1, 2),
            "codes", new HostTensor.Longs(new long[CODES], 1, CODES),
            "position", new HostTensor.Longs(new long[1], 1),
            "similarity", new HostTensor.Longs(new long[] {4}, 1)));
  }
}
