package dev.sluice.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.data.IdxFiles;
import dev.sluice.trainer.system.TrainingRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command, of the models that ship, beside a few pictures. */
class FashionEvaluationTest {

  private static final Path MODELS = Path.of(System.getProperty("sluice.models"));
  private static final Path CLASSIFIER =
      MODELS.resolveSibling("trainer/measures/fashion-classifier");

  @TempDir private Path folder;

  private Path data() {
    return folder.resolve("data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fashion-adm", "fashion-dit"})
  void evaluate_measuresModelsOfFashionAsWhatTheyWereTrainedSays(String name) throws IOException {
    IdxFiles.writeSet(data(), 100, 40);
    Path model = MODELS.resolve(name);
    assertThat(TrainingRecord.system(model)).contains(name);

    assertMeasured(model, CLASSIFIER);
  }

  private void assertMeasured(Path model, Path classifier) throws IOException {
    Path sheets = folder.resolve("sheets of " + model.getFileName());
    String told =
        evaluated(
            "--model",
            model.toString(),
            "--data",
            data().toString(),
            "--classifier",
            classifier.toString(),
            "--samples",
            "20",
            "--steps",
            "2",
            "--sheets",
            sheets.toString());

    List<String> rows = told.lines().filter(line -> line.startsWith("| ")).toList();
    assertThat(rows).hasSize(6);
    assertThat(rows.get(1)).startsWith("| Fréchet distance | ");
    assertThat(rows.get(5)).startsWith("| of the class that was asked for | ");
    assertThat(sheets.resolve("fashion.png")).isNotEmptyFile();
  }

  private static String evaluated(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThat(new CommandLine(new EvaluateCommand()).execute(arguments)).isZero();
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
