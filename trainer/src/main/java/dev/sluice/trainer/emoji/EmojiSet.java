package dev.sluice.trainer.emoji;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.planning.picture.PictureException;
import dev.sluice.planning.picture.PictureFile;
import dev.sluice.planning.picture.Pixels;
import dev.sluice.trainer.data.DataException;
import dev.sluice.trainer.system.OtherModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A vendor's emoji, all in memory, as npm's {@code emoji-datasource-VENDOR} has them: {@code
 * emoji.json} and a PNG file for each. Names and keywords of Unicode's CLDR come from {@code
 * emojilib} where it lies beside.
 *
 * <p>One of each: the pictures of five skin tones would be half of the set, and say little that the
 * yellow one does not.
 *
 * @param all in the order of {@code emoji.json}
 */
public record EmojiSet(List<Emoji> all) {

  /** Height and width of a picture. */
  public static final int SIDE = 64;

  /** One of so many is held out of training. */
  private static final int HELD_OUT = 20;

  private static final Path INSTALLED = Path.of("trainer", "data", "emoji", "node_modules");
  private static final String KEYWORDS = "emojilib/dist/emoji-en-US.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads a set. A picture that is named and not there, or is none, is told and passed over.
   *
   * @param folder the folder of npm's packages; empty for that of {@code trainer/data/emoji/fetch}
   * @param leftOut categories and subcategories that are not wanted
   * @param told of what is passed over, a sentence each
   * @throws DataException if there is no set
   */
  public static EmojiSet read(
      Optional<Path> folder, Vendor vendor, Collection<String> leftOut, Consumer<String> told) {
    Path packages = folder.orElseGet(() -> OtherModel.home().resolve(INSTALLED));
    Path set = packages.resolve("emoji-datasource-" + vendor.key());
    Path list = set.resolve("emoji.json");
    if (!Files.isRegularFile(list)) {
      throw new DataException(
          "there are no emoji: %s is not there. trainer/data/emoji/fetch gets them from npm; or name"
                  .formatted(list)
              + " the folder of packages that has them by --data DIR");
    }
    Map<String, JsonNode> words = words(packages.resolve(KEYWORDS));
    List<Emoji> all = new ArrayList<>();
    for (JsonNode entry : parsed(list)) {
      if (leftOut.contains(entry.path("category").asText())
          || leftOut.contains(entry.path("subcategory").asText())
          || EmojiNames.isAnotherFacing(entry)) {
        continue;
      }
      Path file =
          set.resolve("img").resolve(vendor.key()).resolve("64").resolve(imageName(entry, list));
      picture(file, told).ifPresent(pixels -> all.add(EmojiNames.read(entry, words, pixels)));
    }
    if (all.isEmpty()) {
      throw new DataException(list + " names no picture that is there");
    }
    return new EmojiSet(List.copyOf(all));
  }

  private static JsonNode parsed(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new DataException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()));
    } catch (IOException e) {
      throw new DataException("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  /** Of each emoji, by its characters. */
  private static Map<String, JsonNode> words(Path file) {
    Map<String, JsonNode> words = new LinkedHashMap<>();
    if (Files.isRegularFile(file)) {
      parsed(file)
          .fields()
          .forEachRemaining(entry -> words.put(EmojiNames.plain(entry.getKey()), entry.getValue()));
    }
    return words;
  }

  private static String imageName(JsonNode entry, Path list) {
    String image = entry.path("image").asText();
    if (!image.matches("[0-9a-f-]+\\.png")) {
      throw new DataException(
          "%s: an emoji's image is '%s'; it is the name of a PNG file of code points"
              .formatted(list, image));
    }
    return image;
  }

  private static Optional<Pixels> picture(Path file, Consumer<String> told) {
    try {
      return Optional.of(PictureFile.read(Files.readAllBytes(file)).pixels().scaledTo(SIDE, SIDE));
    } catch (IOException e) {
      told.accept("%s is passed over: it cannot be read".formatted(file));
    } catch (PictureException e) {
      told.accept("%s is passed over: it %s".formatted(file, e.getMessage()));
    }
    return Optional.empty();
  }

  /** Those to train with. */
  public EmojiSet training() {
    return new EmojiSet(all.stream().filter(emoji -> !isHeldOut(emoji)).toList());
  }

  /** Those that no training sees, about one of twenty: their names are captions never read. */
  public EmojiSet heldOut() {
    return new EmojiSet(all.stream().filter(EmojiSet::isHeldOut).toList());
  }

  /** By its code alone, so that a set that grows does not move what was held out. */
  static boolean isHeldOut(Emoji emoji) {
    return Math.floorMod(emoji.code().hashCode() * 0x9E3779B9 >>> 8, HELD_OUT) == 0;
  }

  /** How often each word occurs among what emoji are called, those held out too. */
  public Map<String, Integer> words() {
    return all.stream()
        .flatMap(emoji -> EmojiCaptions.words(emoji).stream())
        .collect(Collectors.toMap(word -> word, word -> 1, Integer::sum));
  }
}
