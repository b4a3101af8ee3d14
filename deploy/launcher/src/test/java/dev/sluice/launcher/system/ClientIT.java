package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.client.Failure.Reason;
import dev.sluice.client.Generation;
import dev.sluice.client.GenerationListener;
import dev.sluice.client.Picture;
import dev.sluice.client.Progress;
import dev.sluice.client.SluiceClient;
import dev.sluice.client.SluiceException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client for Java against the whole of Sluice. */
class ClientIT extends SystemTest {

  @TempDir private Path folder;
  private static SluiceClient client;

  @BeforeAll
  static void connect() {
    client = SluiceClient.connect(address().grpc());
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  @Test
  void generate_writesAPictureAndTellsProgress() throws Exception {
    List<Progress> told = new ArrayList<>();
    Path file = folder.resolve("picture.png");

    Picture picture =
        client
            .generate("a large red circle")
            .model(SharedInstance.SHAPES)
            .seed(7)
            .steps(5)
            .onProgress(told::add)
            .toFile(file);

    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(64).isEqualTo(picture.width());
    assertThat(picture.took()).containsKeys("text-encoder", "prior", "denoiser", "upscaler");
    assertThat(told).contains(new Progress(0, "denoiser", 5, 5));
  }

  @Test
  void picturesLater_haveSeedsInARow() {
    List<Picture> pictures =
        client
            .generate("a small blue square")
            .model(SharedInstance.SHAPES)
            .seed(20)
            .n(3)
            .steps(3)
            .picturesLater()
            .join();

    assertThat(pictures).extracting(Picture::seed).containsExactlyInAnyOrder(20L, 21L, 22L);
  }

  @Test
  void cancel_endsWhatIsUnderWay() throws Exception {
    CompletableFuture<Progress> underWay = new CompletableFuture<>();
    Generation generation =
        client
            .ask(request("client-cancels", 5).build())
            .steps(1000)
            .detached()
            .listener(
                new GenerationListener() {
                  @Override
                  public void progress(Progress progress) {
                    underWay.complete(progress);
                  }
                })
            .start();
    underWay.get(60, TimeUnit.SECONDS);

    generation.cancel();

    SluiceException ended = catchThrowableOfType(SluiceException.class, generation::await);
    assertThat(ended.reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void generate_ofAModelThatIsNotThereSaysSo() {
    SluiceException refused =
        catchThrowableOfType(
            SluiceException.class, () -> client.generate("a").model("no-such").pictures());

    assertThat(refused.reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
    assertThat(refused).hasMessageContaining("no-such");
  }

  @Test
  void models_tellAbilitiesAndStages() {
    assertThat(client.models().models())
        .filteredOn(model -> model.name().equals(SharedInstance.SHAPES))
        .singleElement()
        .satisfies(
            model -> {
              assertThat(model.abilities()).contains("sampled_embeddings", "enlargement");
              assertThat(model.stages()).containsKey("denoiser");
            });
  }
}
