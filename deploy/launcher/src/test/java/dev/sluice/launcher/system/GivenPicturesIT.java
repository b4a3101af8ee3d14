package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that start from given ones: painting, variations, ways between, enlargement. */
class GivenPicturesIT extends SystemTest {

  @Test
  void aPictureStaysAsItWasWhereItIsNotPainted() throws IOException {
    BufferedImage given = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    BufferedImage mask = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      given.setRGB(i % 16, i / 16, 0x010203 * i & 0xffffff);
      mask.setRGB(i % 16, i / 16, i % 16 < 8 ? 0 : 0xffffff);
    }
    GenerationRequest painting =
        GenerationRequest.newBuilder()
            .setRequestId("painting")
            .setModel("pipe-ddpm")
            .setSeed(3)
            .setImage(png(given))
            .setMask(png(mask))
            .setDenoiser(SamplingSettings.newBuilder().setSteps(5).setTimestepSpacing("trailing"))
            .build();

    BufferedImage painted = ImageIO.read(overGrpc(painting).get(0).getPng().newInput());

    int changed = 0;
    for (int i = 0; i < 256; i++) {
      int before = given.getRGB(i % 16, i / 16);
      int after = painted.getRGB(i % 16, i / 16);
      if (i % 16 < 8) {
        assertThat(after).isEqualTo(before);
      } else if (after != before) {
        changed++;
      }
    }
    assertThat(changed).isGreaterThan(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-kandinsky22-decoder", "pipe-unclip-image-variation"})
  void aVariationDependsOnThePictureGiven(String model) throws IOException {
    BufferedImage dark = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    BufferedImage striped = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x += 2) {
      for (int y = 0; y < 30; y++) {
        striped.setRGB(x, y, 0xffee11);
      }
    }
    GenerationRequest variation =
        recorded(model, 5, 5, 4)
            .setRequestId("dark-" + model)
            .setImage(png(dark))
            .setVariation(true)
            .build();

    ByteString first = overGrpc(variation).get(0).getPng();

    GenerationRequest again = variation.toBuilder().setRequestId("again-" + model).build();
    GenerationRequest other =
        again.toBuilder().setRequestId("striped-" + model).setImage(png(striped)).build();
    assertThat(Png.largestDifference(first, overGrpc(again).get(0).getPng()))
        .isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(first, overGrpc(other).get(0).getPng())).isGreaterThan(10);
  }

  @Test
  void aChangeOfWordsBeginsWithTheVariationThatKeepsThePicturesStructure() throws IOException {
    BufferedImage striped = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x += 2) {
      for (int y = 0; y < 30; y++) {
        striped.setRGB(x, y, 0xffee11);
      }
    }
    GenerationRequest variation =
        recorded("pipe-unclip-image-variation", 5, 5, 4)
            .setRequestId("structure-kept")
            .clearPrompt()
            .setImage(png(striped))
            .setVariation(true)
            .setKeepStructure(true)
            .build();
    GenerationRequest walk =
        variation.toBuilder()
            .setRequestId("change-of-words")
            .clearVariation()
            .setN(2)
            .setInterpolation(
                Interpolation.newBuilder()
                    .setChange(Change.newBuilder().setFrom("a cat").setTo("a lion")))
            .build();

    ByteString kept = overGrpc(variation).get(0).getPng();
    Map<Integer, Image> walked = overGrpc(walk);

    assertThat(Png.largestDifference(kept, walked.get(0).getPng())).isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(kept, walked.get(1).getPng())).isGreaterThan(2);
  }

  @Test
  void theWayFromPictureToPictureBeginsAndEndsWithTheirVariations() throws IOException {
    BufferedImage dark = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    BufferedImage striped = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x += 2) {
      for (int y = 0; y < 30; y++) {
        striped.setRGB(x, y, 0xffee11);
      }
    }
    ByteString one = png(dark);
    ByteString other = png(striped);
    GenerationRequest variation =
        recorded("pipe-unclip-image-variation", 5, 5, 4)
            .setRequestId("one-end")
            .setImage(one)
            .setVariation(true)
            .build();
    GenerationRequest there =
        variation.toBuilder()
            .setRequestId("there")
            .clearVariation()
            .setN(3)
            .setInterpolation(Interpolation.newBuilder().setImage(other))
            .build();
    GenerationRequest back =
        there.toBuilder()
            .setRequestId("back")
            .setImage(other)
            .setInterpolation(Interpolation.newBuilder().setImage(one))
            .build();

    Map<Integer, Image> frames = overGrpc(there);
    Map<Integer, Image> backwards = overGrpc(back);

    for (int i = 0; i < 3; i++) {
      assertThat(Png.largestDifference(frames.get(i).getPng(), backwards.get(2 - i).getPng()))
          .as("frame %d", i)
          .isLessThanOrEqualTo(2);
    }
    ByteString first = overGrpc(variation).get(0).getPng();
    ByteString last =
        overGrpc(variation.toBuilder().setRequestId("other-end").setImage(other).build())
            .get(0)
            .getPng();
    ByteString middle = frames.get(1).getPng();
    assertThat(Png.largestDifference(frames.get(0).getPng(), first)).isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(frames.get(2).getPng(), last)).isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(middle, first)).isGreaterThan(10);
    assertThat(Png.largestDifference(middle, last)).isGreaterThan(10);
  }

  @Test
  void aPictureIsMadeLargerByTheLastStageAlone() throws IOException {
    BufferedImage dark = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    BufferedImage striped = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i += 2) {
      striped.setRGB(i % 16, i / 16, 0xffee11);
    }
    GenerationRequest request =
        GenerationRequest.newBuilder()
            .setRequestId("enlarge-dark")
            .setModel(MODEL)
            .setSeed(5)
            .setImage(png(dark))
            .setUpscale(true)
            .build();

    Image image = overGrpc(request).get(0);

    assertThat(image.getTimingsList())
        .extracting(timing -> timing.getStage())
        .containsExactly(Stage.UPSCALER);
    assertThat(image.getWidth()).isEqualTo(32);
    GenerationRequest again = request.toBuilder().setRequestId("enlarge-again").build();
    GenerationRequest other =
        request.toBuilder().setRequestId("enlarge-striped").setImage(png(striped)).build();
    assertThat(Png.largestDifference(image.getPng(), overGrpc(again).get(0).getPng()))
        .isLessThanOrEqualTo(2);
    assertThat(Png.largestDifference(image.getPng(), overGrpc(other).get(0).getPng()))
        .isGreaterThan(10);
  }
}
