package dev.sluice.safetensors;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * One safetensors file. Opening reads the header only; a tensor is read where it lies, window by
 * window, so neither the file's size nor a tensor's size is bounded by what one buffer can address.
 * It is not mapped into memory: reading is as fast, leaves nothing resident, and a file that is cut
 * short meanwhile is an error and not the end of the process.
 */
public final class SafetensorsFile implements TensorSource {

  private static final int PREFIX = 8;

  /** A multiple of every element size, small enough for the processor's cache. */
  private static final int WINDOW = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private SafetensorsFile(
      Path file, FileChannel channel, SafetensorsHeader header, long dataStart) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws SafetensorsException if the file is absent, truncated or not a valid safetensors file
   */
  public static SafetensorsFile open(Path file) {
    Pickle.refuse(file);
    if (Files.isDirectory(file)) {
      throw SafetensorsException.of(file, "is a folder; expected a .safetensors file");
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      SafetensorsFile opened = open(file, channel);
      channel = null;
      return opened;
    } catch (NoSuchFileException e) {
      throw SafetensorsException.of(file, "no such file", e);
    } catch (IOException e) {
      throw SafetensorsException.of(file, "could not be read: " + FileLabel.reason(e), e);
    } finally {
      closeQuietly(channel);
    }
  }

  private static SafetensorsFile open(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX).order(ByteOrder.LITTLE_ENDIAN);
    while (prefix.hasRemaining() && channel.read(prefix) >= 0) {
      // A short read is not the end of the file.
    }
    if (prefix.hasRemaining()) {
      throw SafetensorsException.of(
          file,
          "truncated: "
              + size
              + " bytes, too short for a safetensors header"
              + ForeignContent.hint(file));
    }
    long headerLength = prefix.getLong(0);
    if (headerLength < 2
        || headerLength > SafetensorsHeader.MAX_BYTES
        || headerLength > size - PREFIX) {
      throw SafetensorsException.of(
          file,
          ("not a safetensors file, or truncated: it announces a header of %s bytes in a file of"
                  + " %d bytes (at most %d are allowed)%s")
              .formatted(
                  Long.toUnsignedString(headerLength),
                  size,
                  SafetensorsHeader.MAX_BYTES,
                  ForeignContent.hint(file)));
    }
    InputStream text = new BoundedInputStream(Channels.newInputStream(channel), headerLength);
    long dataStart = PREFIX + headerLength;
    SafetensorsHeader header =
        SafetensorsHeader.parse(file, new BufferedInputStream(text, 1 << 16), size - dataStart);
    return new SafetensorsFile(file, channel, header, dataStart);
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(header.tensors().keySet());
  }

  @Override
  public TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw SafetensorsException.of(
          file, "no tensor named " + name + " among its " + header.tensors().size() + " tensors");
    }
    return info;
  }

  @Override
  public long[] longs(String name) {
    TensorInfo info = info(name);
    if (info.dtype().isFloat()) {
      throw SafetensorsException.of(file, "expected whole numbers in tensor " + info);
    }
    if (info.elements() > Integer.MAX_VALUE - 8) {
      throw SafetensorsException.of(file, "tensor " + info + " is too large for a Java array");
    }
    long[] values = new long[(int) info.elements()];
    int[] offset = {0};
    forEachWindow(
        info,
        window -> offset[0] = ElementDecoder.toLongs(info.dtype(), window, values, offset[0]));
    return values;
  }

  @Override
  public void copyFloats(String name, FloatBuffer target) {
    TensorInfo info = info(name);
    if (target.remaining() < info.elements()) {
      throw SafetensorsException.of(
          file,
          "tensor %s has %d elements, but the target has room for %d"
              .formatted(info, info.elements(), target.remaining()));
    }
    forEachWindow(info, window -> ElementDecoder.toFloats(info.dtype(), window, target));
  }

  @Override
  public void copyBytes(String name, long offset, ByteBuffer target) {
    TensorInfo info = info(name);
    if (offset < 0 || offset + target.remaining() > info.byteLength()) {
      throw SafetensorsException.of(
          file,
          "tensor %s has %d bytes, but those from %d to %d were asked for"
              .formatted(info, info.byteLength(), offset, offset + target.remaining()));
    }
    long position = dataStart + info.begin() + offset;
    try {
      while (target.hasRemaining()) {
        int count = channel.read(target, position);
        if (count < 0) {
          throw SafetensorsException.of(
              file, "truncated since it was opened: tensor " + info.name() + " is cut off");
        }
        position += count;
      }
    } catch (IOException e) {
      throw SafetensorsException.of(
          file, "tensor " + info.name() + " could not be read: " + FileLabel.reason(e), e);
    }
  }

  @Override
  public String origin(String name) {
    return FileLabel.of(file);
  }

  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw SafetensorsException.of(file, "could not be closed: " + FileLabel.reason(e), e);
    }
  }

  @Override
  public String toString() {
    return FileLabel.of(file);
  }

  private interface WindowReader {
    void read(ByteBuffer littleEndian);
  }

  private void forEachWindow(TensorInfo info, WindowReader reader) {
    ByteBuffer window = ByteBuffer.allocate((int) Math.min(WINDOW, info.byteLength()));
    for (long offset = 0; offset < info.byteLength(); offset += window.limit()) {
      window.clear().limit((int) Math.min(window.capacity(), info.byteLength() - offset));
      copyBytes(info.name(), offset, window);
      reader.read(window.flip().order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      // The failure that led here is the one to report.
    }
  }
}
