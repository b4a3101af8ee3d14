package dev.sluice.planning.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table of pipeline classes in {@code docs/models.md} says what the catalog's says. */
class DocumentedClassesTest {

  private static final Path MODELS =
      Path.of(System.getProperty("sluice.goldens")).resolveSibling("docs").resolve("models.md");

  private static final Map<Stage, String> NAMES =
      Map.of(
          Stage.TEXT_ENCODER, "text",
          Stage.PRIOR, "prior",
          Stage.DENOISER, "denoiser",
          Stage.UPSCALER, "upscaler");

  private static final Pattern CLASS = Pattern.compile("`(\\w+Pipeline)`");

  /** The last column of each class's row. */
  private final Map<PipelineClass, String> rows = new EnumMap<>(PipelineClass.class);

  private final List<String> documented = new ArrayList<>();

  @BeforeEach
  void readTable() throws IOException {
    for (String line : Files.readAllLines(MODELS)) {
      String[] cells = line.split("\\|");
      if (line.startsWith("| `") && cells.length == 4) {
        Matcher names = CLASS.matcher(cells[1]);
        while (names.find()) {
          documented.add(names.group(1));
          for (PipelineClass known : PipelineClass.values()) {
            if (known.className().equals(names.group(1))) {
              rows.put(known, cells[3]);
            }
          }
        }
      }
    }
  }

  @Test
  void everyClassIsDocumentedOnceAndNoOther() {
    assertThat(documented)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            List.of(PipelineClass.values()).stream().map(PipelineClass::className).toList());
  }

  @Test
  void itsStagesAreThoseThatPicturesPass() {
    rows.forEach(
        (pipeline, cell) -> {
          List<String> stages =
              List.of(cell.replaceAll("\\(.*?\\)", "").strip().split("\\s*,\\s*"));
          List<String> passed = PlainRoute.stages(pipeline).stream().map(NAMES::get).toList();
          if (!passed.isEmpty()) {
            assertThat(stages).as(pipeline.className()).isEqualTo(passed);
          }
        });
  }
}
