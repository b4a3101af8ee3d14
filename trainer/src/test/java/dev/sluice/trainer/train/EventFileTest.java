package dev.sluice.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;

class EventFileTest {

  @TempDir private Path folder;

  @Test
  void add_writesFramedEvents() throws IOException {
    try (EventFile events = new EventFile(folder, 1000.5)) {
      events.add(7, 1001, Map.of("loss", 0.25));
    }

    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.1000.");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    Event first = next(bytes);
    assertThat(first.getFileVersion()).isEqualTo("brain.Event:2");
    Event second = next(bytes);
    assertThat(second.getStep()).isEqualTo(7);
    assertThat(second.getSummary().getValue(0).getTag()).isEqualTo("loss");
    assertThat(second.getSummary().getValue(0).getSimpleValue()).isEqualTo(0.25f);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  private static Event next(ByteBuffer bytes) throws IOException {
    byte[] length = new byte[Long.BYTES];
    bytes.get(length);
    assertThat(bytes.getInt()).isEqualTo(EventFile.checksum(length));
    long size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] content = new byte[(int) size];
    bytes.get(content);
    assertThat(bytes.getInt()).isEqualTo(EventFile.checksum(content));
    return Event.parseFrom(content);
  }

  /** The value of RFC 3720, B.4, turned and shifted. */
  @Test
  void checksum_isTheMaskedCastagnoli() {
    byte[] zeros = new byte[32];
    int crc = 0x8a9136aa;

    assertThat(EventFile.checksum(zeros)).isEqualTo(((crc >>> 15) | (crc << 17)) + 0xa282ead8);
  }
}
