package dev.sluice.pipeline.upscale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TiledDecodingTest {

  private static final int UPSCALE = 2;

  /** A decoder whose pixels depend on their own latent value alone. */
  private static HostTensor.Floats enlarged(HostTensor.Floats latent) {
    int[] shape = latent.shape();
    float[] values =
        Resampling.NEAREST.resize(
            latent.values(), shape[1], shape[2], shape[3], UPSCALE * shape[2], UPSCALE * shape[3]);
    return new HostTensor.Floats(values, 1, shape[1], UPSCALE * shape[2], UPSCALE * shape[3]);
  }

  private static HostTensor.Floats latent(int height, int width) {
    float[] values = new float[2 * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.37);
    }
    return new HostTensor.Floats(values, 1, 2, height, width);
  }

  @Property(tries = 40)
  void decode_ofALocalDecoderIsTheWholePicture(
      @ForAll @IntRange(min = 1, max = 200) int height,
      @ForAll @IntRange(min = 1, max = 200) int width) {
    HostTensor.Floats latent = latent(height, width);

    HostTensor.Floats tiled =
        new TiledDecoding(UPSCALE, TiledDecodingTest::enlarged).decode(latent);

    HostTensor.Floats whole = enlarged(latent);
    assertThat(tiled.shape()).isEqualTo(whole.shape());
    for (int i = 0; i < whole.values().length; i++) {
      assertThat(tiled.values()[i]).isEqualTo(whole.values()[i], within());
    }
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-6f);
  }

  @Test
  void decode_usesAsManyTilesAsAreNeeded() {
    AtomicInteger tiles = new AtomicInteger();
    TiledDecoding decoding =
        new TiledDecoding(
            UPSCALE,
            tile -> {
              tiles.incrementAndGet();
              assertThat(Math.max(tile.shape()[2], tile.shape()[3])).isLessThanOrEqualTo(64);
              return enlarged(tile);
            });

    decoding.decode(latent(64, 64));
    assertThat(tiles.getAndSet(0)).isEqualTo(1);
    decoding.decode(latent(65, 160));
    assertThat(tiles.get()).isEqualTo(2 * 3);
  }

  @Test
  void decode_fadesFromOneTileIntoTheNext() {
    AtomicInteger tiles = new AtomicInteger();
    // The second tile is white where the first is black.
    TiledDecoding decoding =
        new TiledDecoding(
            UPSCALE,
            tile -> {
              HostTensor.Floats picture = enlarged(tile);
              Arrays.fill(picture.values(), tiles.getAndIncrement());
              return picture;
            });

    float[] row = decoding.decode(latent(1, 100)).values();

    assertThat(row[0]).isZero();
    assertThat(row[199]).isEqualTo(1);
    for (int x = 1; x < 200; x++) {
      assertThat(row[x]).isBetween(row[x - 1], row[x - 1] + 0.04f);
    }
  }
}
