package dev.sluice.bench.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelInspection;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.networks.tokenizer.Tokenizer;
import dev.sluice.networks.tokenizer.Tokenizers;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointWriterTest {

  @TempDir Path models;

  @ParameterizedTest
  @EnumSource(PublishedModel.class)
  void write_givesAModelThatNothingStandsAgainst(PublishedModel model) throws IOException {
    List<Path> folders = writer(CheckpointWriter.Values.ZEROS).write(model, models.resolve("it"));

    assertThat(folders)
        .allSatisfy(
            folder ->
                assertThat(ModelInspection.of(folder, Architectures::check).problems()).isEmpty());
  }

  @Test
  void write_ofRandomValuesIsTheSameForTheSameSeed() throws IOException {
    Component.WeightedNetwork small = Transformers.karloTextProjection();
    writer(CheckpointWriter.Values.RANDOM).writeNetwork(small, models.resolve("one"));
    writer(CheckpointWriter.Values.RANDOM).writeNetwork(small, models.resolve("other"));

    assertThat(models.resolve("one/diffusion_pytorch_model.safetensors"))
        .hasSameBinaryContentAs(models.resolve("other/diffusion_pytorch_model.safetensors"));
    try (TensorSource weights = Checkpoints.open(models.resolve("one"))) {
      assertThat(weights.floats("embedding_proj.weight")).doesNotContain(Float.NaN);
      assertThat(rms(weights.floats("embedding_proj.weight")))
          .isBetween(0.9 / Math.sqrt(768), 1.1 / Math.sqrt(768));
    }
  }

  @Test
  void clipVocabulary_isReadAndFillsATextUp() throws IOException {
    ClipVocabulary.write(models, new Component.ClipTokenizer(Component.ClipTokenizer.FIRST));

    try (Tokenizer tokenizer = Tokenizers.open(models)) {
      TokenIds ids = tokenizer.encode("A cat, 2 café!", 77);
      assertThat(ids.ids()).hasSize(77).startsWith(49406).contains(49407).endsWith(0);
      assertThat(Arrays.stream(ids.ids()).max().getAsLong()).isEqualTo(49407);
      // "cat" is two tokens: a merged pair, and a letter that ends the word.
      assertThat(tokenizer.encode("cat")).hasSize(4);
    }
  }

  @Test
  void t5Pieces_areReadAndEndAText() throws IOException {
    T5Pieces.write(models, new Component.T5Tokenizer(77));

    try (Tokenizer tokenizer = Tokenizers.open(models)) {
      long[] ids = tokenizer.encode("a cat");
      assertThat(ids).hasSize(5).endsWith(1).doesNotContain(2);
      assertThat(tokenizer.encode("caf\u00e9")).contains(2);
      assertThat(tokenizer.encode("a", 4).ids()).endsWith(1, 0, 0);
    }
  }

  private static CheckpointWriter writer(CheckpointWriter.Values values) {
    return new CheckpointWriter(values, 7);
  }

  private static double rms(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum / values.length);
  }
}
