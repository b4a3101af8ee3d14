package dev.sluice.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.emoji.EmojiClassifier;
import dev.sluice.trainer.emoji.EmojiLdm;
import dev.sluice.trainer.emoji.EmojiMeasure;
import dev.sluice.trainer.emoji.TinyEmoji;
import dev.sluice.trainer.system.Trainings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Of sources whose worth is known: one that remembers, and one that draws noise. */
class EmojiEvaluationTest {

  @TempDir private Path folder;

  @Test
  void whatIsRememberedIsToldFromWhatIsNot() throws IOException {
    Path packages = TinyEmoji.write(folder.resolve("packages"));
    Path classifier = classifier(packages, 150);

    try (EmojiMeasure measure = new EmojiMeasure(classifier, Optional.of(packages), told -> {})) {
      List<EmojiMeasure.Asked> asked = measure.trained(20, 1);
      EmojiMeasure.Recognized real =
          measure.recognized(asked, asked.stream().map(EmojiMeasure.Asked::real).toList());
      assertThat(real.amongFive()).as("of 20, among 60 kinds").isGreaterThan(8);
      assertThat(real.first()).isLessThanOrEqualTo(real.amongFive());

      PictureSource remembering =
          (captions, seeds) ->
              captions.stream()
                  .map(
                      caption ->
                          measure.known().stream()
                              .filter(known -> known.caption().equals(caption))
                              .findFirst()
                              .orElse(measure.known().get(0))
                              .picture())
                  .toList();
      List<String> rows = rows(measure, remembering);
      assertThat(row(rows, "| as in training | 0.000")).contains("| 100 % (72 to 100) |");

      PictureSource noisy =
          (captions, seeds) -> {
            List<float[]> pictures = new ArrayList<>();
            for (long seed : seeds) {
              float[] picture = new float[3 * 64 * 64];
              Random random = new Random(seed);
              for (int i = 0; i < picture.length; i++) {
                picture[i] = 2 * random.nextFloat() - 1;
              }
              pictures.add(picture);
            }
            return pictures;
          };
      rows = rows(measure, noisy);
      assertThat(row(rows, "| as in training | 0.")).contains("| 0 % (0 to 28) |");
    }
    assertThat(folder.resolve("sheets/as-in-training.png")).isNotEmptyFile();
    assertThat(folder.resolve("sheets/colors-new-to-a-thing.png")).isNotEmptyFile();
  }

  private Path classifier(Path packages, int steps) throws IOException {
    Path own = folder.resolve("classifier");
    Trainings.train(
        new EmojiClassifier(),
        own,
        packages,
        null,
        false,
        "phases.classifier.steps=" + steps,
        "phases.classifier.batch=30",
        "phases.classifier.average=0.8",
        "phases.classifier.optimizer.rate=1e-2",
        "phases.classifier.optimizer.warm-up=1",
        // What tells these apart is little more than their hue.
        "jitter.hue=0.0",
        "jitter.brightness=0.0",
        "jitter.turn=0.0",
        "jitter.scale=0.0",
        "components.classifier.block_out_channels=[16, 16, 16]",
        "components.classifier.norm_num_groups=4");
    return own.resolve("model");
  }

  @Test
  void evaluate_measuresAModelOfEmojiAsWhatItWasTrained() throws IOException {
    Path packages = TinyEmoji.write(folder.resolve("packages"));
    String[] settings = Arrays.copyOf(TinyEmoji.TINY, TinyEmoji.TINY.length + 2);
    settings[settings.length - 2] = "phases.autoencoder.steps=1";
    settings[settings.length - 1] = "phases.text-to-latents.steps=1";
    Trainings.train(new EmojiLdm(), folder, packages, null, false, settings);
    String[] asked = {
      "--model",
      folder.resolve("model").toString(),
      "--data",
      packages.toString(),
      "--captions",
      "2",
      "--steps",
      "1",
      "--classifier",
      folder.resolve("classifier/model").toString()
    };
    StringWriter told = new StringWriter();
    CommandLine command =
        new CommandLine(new EvaluateCommand()).setErr(new PrintWriter(told, true));
    assertThat(command.execute(asked)).isEqualTo(2);
    assertThat(told.toString()).contains("holds no classifier", "train emoji-classifier");

    classifier(packages, 1);
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThat(command.execute(asked)).isZero();
    } finally {
      System.setOut(before);
    }
    List<String> rows = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(rows).filteredOn(row -> row.startsWith("| things held out |")).hasSize(3);
    assertThat(rows)
        .filteredOn(row -> row.startsWith("| colors new to a thing | real |"))
        .singleElement()
        .asString()
        .as("what is painted is of its color")
        .endsWith("| 100 % (34 to 100) |");
  }

  private List<String> rows(EmojiMeasure measure, PictureSource source) throws IOException {
    String tables =
        new EmojiEvaluation(measure, source, 4, Optional.of(folder.resolve("sheets"))).run(10, 1);
    return tables.lines().filter(line -> line.startsWith("| ")).toList();
  }

  private static String row(List<String> rows, String start) {
    return rows.stream().filter(row -> row.startsWith(start)).findFirst().orElseThrow();
  }
}
