package dev.sluice.trainer.train;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/**
 * A file that TensorBoard reads: events as TensorFlow's {@code event.proto} describes them, framed
 * as records of {@code record_writer.cc}: length, its checksum, content, its checksum.
 */
public final class EventFile implements AutoCloseable {

  private static final String VERSION = "brain.Event:2";
  private static final int MASK = 0xa282ead8;

  private final OutputStream out;

  /**
   * Begins a file in a folder; TensorBoard joins those of one folder.
   *
   * @param seconds since 1970, which also names the file
   */
  public EventFile(Path folder, double seconds) throws IOException {
    Files.createDirectories(folder);
    Path file =
        folder.resolve(
            "events.out.tfevents.%d.%d.sluice"
                .formatted((long) seconds, ProcessHandle.current().pid()));
    out = new BufferedOutputStream(Files.newOutputStream(file));
    write(Event.newBuilder().setWallTime(seconds).setFileVersion(VERSION).build());
  }

  /** Adds numbers of a step, and makes sure that they are in the file. */
  public void add(long step, double seconds, Map<String, Double> numbers) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    numbers.forEach(
        (name, value) ->
            summary.addValue(
                Summary.Value.newBuilder().setTag(name).setSimpleValue(value.floatValue())));
    write(Event.newBuilder().setWallTime(seconds).setStep(step).setSummary(summary).build());
    out.flush();
  }

  private void write(Event event) throws IOException {
    byte[] content = event.toByteArray();
    ByteBuffer length = little(Long.BYTES).putLong(content.length);
    out.write(length.array());
    out.write(little(Integer.BYTES).putInt(checksum(length.array())).array());
    out.write(content);
    out.write(little(Integer.BYTES).putInt(checksum(content)).array());
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** CRC-32C, turned and shifted, so that a checksum over checksums is none of itself. */
  static int checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
