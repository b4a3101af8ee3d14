package dev.sluice.bench.published;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes one checkpoint of a published size. */
public final class CheckpointCommand {

  private static final String USAGE =
      "usage: bench/checkpoint NAME DIR [--zeros] [--seed NUMBER], where NAME is one of "
          + String.join(", ", PublishedModel.labels());

  private CheckpointCommand() {}

  /** Arguments: the checkpoint's name and the folder to write; {@code --zeros}, {@code --seed}. */
  public static void main(String[] args) throws IOException {
    List<String> words = new ArrayList<>(List.of(args));
    boolean zeros = words.remove("--zeros");
    try {
      int seeded = words.indexOf("--seed");
      long seed = 0;
      if (seeded >= 0) {
        seed = Long.parseLong(words.remove(seeded + 1));
        words.remove(seeded);
      }
      PublishedModel model = PublishedModel.named(words.remove(0));
      Path folder = Path.of(words.remove(0));
      if (!words.isEmpty()) {
        throw new IllegalArgumentException("not understood: " + String.join(" ", words));
      }
      CheckpointWriter.Values values =
          zeros ? CheckpointWriter.Values.ZEROS : CheckpointWriter.Values.RANDOM;
      for (Path written : new CheckpointWriter(values, seed).write(model, folder)) {
        System.out.println(written);
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      System.err.println(e instanceof IndexOutOfBoundsException ? USAGE : e.getMessage());
      System.exit(2);
    }
  }
}
