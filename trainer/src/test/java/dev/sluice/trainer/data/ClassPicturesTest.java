package dev.sluice.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPicturesTest {

  @TempDir private Path folder;

  @Test
  void readIdx_putsPicturesInTheMiddle() throws IOException {
    IdxFiles.write(
        folder.resolve("train-images-idx3-ubyte.gz"),
        new byte[] {0, 1, 2, 3, (byte) 255, 5, 6, 7},
        2,
        2,
        2);
    IdxFiles.write(folder.resolve("train-labels-idx1-ubyte"), new byte[] {4, 9}, 2);

    ClassPictures pictures = ClassPictures.readIdx(folder, "train", 4);

    assertThat(pictures.count()).isEqualTo(2);
    float[] second = pictures.pictures(new int[] {1}).values();
    assertThat(second).hasSize(16);
    assertThat(second[0]).as("the border is black").isEqualTo(-1);
    assertThat(second[5]).as("255 is white").isEqualTo(1);
    assertThat(second[10]).isEqualTo(7 / 127.5f - 1);
    assertThat(pictures.classes(new int[] {1, 0}).values()).containsExactly(9, 4);
  }

  private void refused(String... parts) {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> ClassPictures.readIdx(folder, "train", 4))
        .satisfies(told -> assertThat(told.getMessage()).contains(parts));
  }

  @Test
  void filesThatAreMissingOrDamaged_areNamed() throws IOException {
    refused("holds neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz");

    Path images = folder.resolve("train-images-idx3-ubyte");
    IdxFiles.write(images, new byte[8], 2, 2, 2);
    IdxFiles.write(folder.resolve("train-labels-idx1-ubyte"), new byte[3], 3);
    refused("2, 2, 2", "3", "do not fit");

    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length - 1));
    refused("train-images-idx3-ubyte", "cut off or damaged");
    Files.write(images, "no such file".getBytes());
    refused("is no IDX file of bytes in 3 dimensions");
    Files.delete(images);
    Files.write(folder.resolve("train-images-idx3-ubyte.gz"), new byte[] {0x1f, (byte) 0x8b, 1});
    refused("cannot be read");
  }

  @Test
  void shuffled_givesAllOnceInAnEpochAndTheSameWheneverAsked() {
    Shuffled order = new Shuffled(10, 3);
    int[] first = order.batch(0, 10);
    int[] second = order.batch(1, 10);

    assertThat(first).containsExactlyInAnyOrder(IntStream.range(0, 10).toArray());
    assertThat(second).containsExactlyInAnyOrder(first).isNotEqualTo(first);
    assertThat(order.batch(0, 10)).isEqualTo(first);
    assertThat(new Shuffled(10, 4).batch(0, 10)).isNotEqualTo(first);
    assertThatExceptionOfType(DataException.class).isThrownBy(() -> new Shuffled(0, 1));
  }
}
