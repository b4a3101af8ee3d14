package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.client.Ask;
import dev.sluice.client.Failure;
import dev.sluice.client.Generation;
import dev.sluice.client.GenerationListener;
import dev.sluice.client.Picture;
import dev.sluice.client.ServedModel;
import dev.sluice.client.SluiceException;
import dev.sluice.testing.RunningSluice;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every model that ships, by the folder's name: what can be asked of one can be asked of all. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ShippedModelsIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));

  /** Of 255, between a picture alone and in company: another order of sums. */
  private static final int ROUNDING = 2;

  private static RunningSluice sluice;

  @BeforeAll
  static void start() throws IOException {
    sluice = RunningSluice.start(HOME, RunningSluice.newState(), Map.of(), "--together");
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  static List<String> models() throws IOException {
    try (Stream<Path> folders = Files.list(HOME.resolve("models"))) {
      return folders
          .filter(folder -> Files.isRegularFile(folder.resolve("model_index.json")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static Ask ask(String name, int steps) {
    ServedModel model =
        sluice.client().models().models().stream()
            .filter(served -> served.name().equals(name))
            .findFirst()
            .orElseThrow();
    Ask ask =
        sluice
            .client()
            .generate(model.abilities().contains("text") ? "a large red circle" : "")
            .model(name);
    if (!model.abilities().contains("drawn_codes")) {
      ask.steps(steps);
    }
    return model.abilities().contains("classes") ? ask.with(r -> r.setClassLabel(7)) : ask;
  }

  private static Ask ask(String name) {
    return ask(name, 10);
  }

  @ParameterizedTest
  @MethodSource("models")
  void pictures_areTheSameAloneInCompanyAndAgain_andPreviewsComeBefore(String name)
      throws IOException {
    // What decodes previews of latents is loaded by the first; small pictures are done before that.
    ask(name).previews(1).pictures();
    Set<Integer> previewed = ConcurrentHashMap.newKeySet();
    List<Picture> both =
        ask(name)
            .seed(7)
            .n(2)
            .previews(2)
            .listener(
                new GenerationListener() {
                  @Override
                  public void preview(int index, byte[] png) {
                    previewed.add(index);
                  }
                })
            .pictures();

    assertThat(both).hasSize(2);
    assertThat(previewed).containsExactlyInAnyOrder(0, 1);
    assertThat(difference(both.get(0).png(), both.get(1).png()))
        .as("another seed, another picture")
        .isGreaterThan(ROUNDING);
    Set<Integer> differences = new HashSet<>();
    for (Picture picture : both) {
      Picture alone = ask(name).seed(picture.seed()).pictures().get(0);
      differences.add(difference(alone.png(), picture.png()));
    }
    assertThat(differences).allMatch(difference -> difference <= ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("models")
  void whatIsCancelledEnds_andTheNextIsServed(String name) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    // As many steps as every model's own sampler can make.
    Generation lengthy = ask(name, 50).n(16).onProgress(progress -> begun.countDown()).start();
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    lengthy.cancel();

    assertThatExceptionOfType(SluiceException.class)
        .isThrownBy(() -> lengthy.await().all())
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Failure.Reason.CANCELLED));
    assertThat(ask(name).seed(7).pictures()).hasSize(1);
  }

  /** The largest between two pictures' channels. */
  private static int difference(byte[] one, byte[] other) throws IOException {
    BufferedImage a = ImageIO.read(new ByteArrayInputStream(one));
    BufferedImage b = ImageIO.read(new ByteArrayInputStream(other));
    int most = 0;
    for (int y = 0; y < a.getHeight(); y++) {
      for (int x = 0; x < a.getWidth(); x++) {
        for (int shift = 0; shift < 24; shift += 8) {
          int of = a.getRGB(x, y) >> shift & 255;
          most = Math.max(most, Math.abs(of - (b.getRGB(x, y) >> shift & 255)));
        }
      }
    }
    return most;
  }
}
