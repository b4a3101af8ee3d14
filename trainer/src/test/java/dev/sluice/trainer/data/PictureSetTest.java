package dev.sluice.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureSetTest {

  @TempDir private Path folder;

  /** The left half of one color, the right of another. */
  private static byte[] png(int width, int height, int left, int right) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, x < width / 2 ? left : right);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private void put(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private void refused(String... parts) {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> PictureSet.open(folder))
        .satisfies(told -> assertThat(told.getMessage()).contains(parts));
  }

  @Test
  void subFolders_areClasses() throws IOException {
    put("cat/b.png", png(2, 2, 0, 0));
    put("dog/a.png", png(2, 2, 0, 0));
    put("dog/notes.txt", new byte[1]);

    try (PictureSet set = PictureSet.open(folder)) {
      assertThat(set.count()).isEqualTo(2);
      assertThat(set.classes()).containsExactly("cat", "dog");
      assertThat(set.entry(1).name()).isEqualTo("dog/a.png");
      assertThat(set.entry(1).classNumber()).isEqualTo(OptionalInt.of(1));
    }
    put("c.png", png(2, 2, 0, 0));
    refused("beside its sub-folders");
  }

  @Test
  void metadata_hasCaptions() throws IOException {
    put("a.png", png(2, 2, 0, 0));
    put(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"text\": \"a square\"}\n\n".getBytes(StandardCharsets.UTF_8));

    try (PictureSet set = PictureSet.open(folder)) {
      assertThat(set.count()).isEqualTo(1);
      assertThat(set.classes()).isEmpty();
      assertThat(set.entry(0).captions()).containsExactly("a square");
    }
    put("metadata.jsonl", "{\"file_name\": \"a.png\"}\n".getBytes(StandardCharsets.UTF_8));
    refused("metadata.jsonl, line 1", "file_name and text");
    put("metadata.jsonl", "{\n".getBytes(StandardCharsets.UTF_8));
    refused("metadata.jsonl, line 1", "no JSON");
    put(
        "metadata.jsonl",
        "{\"file_name\": \"../a.png\", \"text\": \"\"}".getBytes(StandardCharsets.UTF_8));
    refused("leads out of the folder");
  }

  @Test
  void aFolderWithoutPictures_isRefused() throws IOException {
    refused("holds no picture");
    put("a.tar", "no tar".getBytes(StandardCharsets.UTF_8));
    refused("a.tar", "no");
  }

  private void tar(String name, Object... members) throws IOException {
    try (OutputStream file = Files.newOutputStream(folder.resolve(name));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(file)) {
      for (int i = 0; i < members.length; i += 2) {
        byte[] content =
            members[i + 1] instanceof byte[] bytes
                ? bytes
                : ((String) members[i + 1]).getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry((String) members[i]);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
  }

  @Test
  void tarFiles_areReadAsWebDataset() throws IOException {
    byte[] picture = png(2, 2, 0, 0);
    tar("0.tar", "000.png", picture, "000.cls", "4\n", "001.txt", "no picture", "001.cls", "9");
    tar("1.tar", "dir/a.jpg", picture, "dir/a.txt", "one", "dir/a.json", "{\"caption\": \"two\"}");

    try (PictureSet set = PictureSet.open(folder)) {
      assertThat(set.count()).isEqualTo(2);
      assertThat(set.classes()).hasSize(5);
      assertThat(set.entry(0).classNumber()).isEqualTo(OptionalInt.of(4));
      assertThat(set.entry(0).file()).isEqualTo(picture);
      assertThat(set.entry(1).name()).isEqualTo("1.tar/dir/a.jpg");
      assertThat(set.entry(1).captions()).containsExactly("one", "two");
    }
    tar("2.tar", "1.png", picture, "1.cls", "shoe");
    refused("2.tar", "1.cls is 'shoe'", "a number from 0 on");
  }

  @Test
  void batches_nameBadFilesOnceAndTakeTheNext() throws IOException {
    put("x/a.png", png(4, 2, 0xff0000, 0x0000ff));
    put("x/b.png", "no picture".getBytes(StandardCharsets.UTF_8));
    put("y/c.png", png(2, 2, 0x00ff00, 0x00ff00));
    List<String> told = new ArrayList<>();

    try (PictureBatches batches =
        new PictureBatches(PictureSet.open(folder), new Framing(2, 2, 3, false, 0), 1, told::add)) {
      PictureBatches.Batch batch = batches.batch(0, 3);
      assertThat(batch.pictures().shape()).containsExactly(3, 3, 2, 2);
      assertThat(batch.classes().values()).contains(0, 1);
      assertThat(batch.pictures().values()).isEqualTo(batches.batch(0, 3).pictures().values());
      batches.batch(1, 3);
    }
    assertThat(told).hasSize(1).first().asString().startsWith("x/b.png is passed over: it is ");
  }

  @Test
  void framing_cutsTheMiddleAndTurns() throws IOException {
    put("a.png", png(4, 2, 0xff0000, 0x0000ff));

    try (PictureBatches straight =
            new PictureBatches(
                PictureSet.open(folder), new Framing(2, 2, 3, false, 0), 1, name -> {});
        PictureBatches turned =
            new PictureBatches(
                PictureSet.open(folder), new Framing(2, 2, 3, false, 1), 1, name -> {});
        PictureBatches grey =
            new PictureBatches(
                PictureSet.open(folder), new Framing(2, 2, 1, false, 0), 1, name -> {})) {
      // Of red, green, blue: the left column red, the right one blue.
      assertThat(straight.batch(0, 1).pictures().values())
          .containsExactly(1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1, 1);
      assertThat(turned.batch(0, 1).pictures().values())
          .containsExactly(-1, 1, -1, 1, -1, -1, -1, -1, 1, -1, 1, -1);
      assertThat(grey.batch(0, 1).pictures().values()[0])
          .isEqualTo((float) (0.299 * 255 / 127.5 - 1));
    }
  }

  @Test
  void aSetOfBadFilesAlone_isRefused() throws IOException {
    put("a.png", new byte[3]);
    List<String> told = new ArrayList<>();

    try (PictureBatches batches =
        new PictureBatches(PictureSet.open(folder), new Framing(2, 2, 3, false, 0), 1, told::add)) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> batches.batch(0, 1))
          .withMessageContaining("none of the 1 files is a picture");
    }
  }
}
