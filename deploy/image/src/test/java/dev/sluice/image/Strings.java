package dev.sluice.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The words of ASCII in a program or library, as {@code strings} finds them. */
final class Strings {

  private Strings() {}

  /** The file's words that are of this form. It may be of up to 2 GB. */
  static Set<String> matching(Pattern wanted, Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    try (FileChannel channel = FileChannel.open(file)) {
      var bytes = channel.map(MapMode.READ_ONLY, 0, channel.size());
      StringBuilder word = new StringBuilder();
      while (bytes.hasRemaining()) {
        byte next = bytes.get();
        if (next > ' ' && next < 127) {
          word.append((char) next);
        } else if (!word.isEmpty()) {
          if (wanted.matcher(word).matches()) {
            found.add(word.toString());
          }
          word.setLength(0);
        }
      }
    }
    return found;
  }
}
