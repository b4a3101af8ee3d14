package dev.sluice.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder of pictures, as Hugging Face's {@code imagefolder} reads it: captions stand in {@code
 * metadata.jsonl}, a line {@code {"file_name": ..., "text": ...}} for each picture; without that
 * file the names of sub-folders are classes.
 */
final class PictureFolder implements PictureSet {

  private static final String METADATA = "metadata.jsonl";
  private static final Set<String> KINDS = Set.of("png", "jpg", "jpeg", "webp");
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Place(Path file, OptionalInt classNumber, List<String> captions) {}

  private final Path folder;
  private final List<Place> places;
  private final List<String> classes;

  private PictureFolder(Path folder, List<Place> places, List<String> classes) {
    this.folder = folder;
    this.places = places;
    this.classes = classes;
  }

  static PictureFolder open(Path folder) throws IOException {
    Path metadata = folder.resolve(METADATA);
    PictureFolder opened =
        Files.exists(metadata) ? captioned(folder, metadata) : classified(folder);
    if (opened.places.isEmpty()) {
      throw new DataException(
          "%s holds no picture: PNG, JPEG and WebP files are read, from it and its sub-folders"
              .formatted(folder));
    }
    return opened;
  }

  private static PictureFolder captioned(Path folder, Path metadata) throws IOException {
    List<Place> places = new ArrayList<>();
    List<String> lines = Files.readAllLines(metadata);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        places.add(captioned(folder, lines.get(i), METADATA + ", line " + (i + 1)));
      }
    }
    return new PictureFolder(folder, places, List.of());
  }

  private static Place captioned(Path folder, String line, String where) {
    JsonNode entry;
    try {
      entry = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new DataException("%s is no JSON: %s".formatted(where, e.getOriginalMessage()));
    }
    if (!entry.path("file_name").isTextual() || !entry.path("text").isTextual()) {
      throw new DataException(
          where
              + " needs the texts file_name and text, as {\"file_name\": \"a.png\", \"text\": ...}");
    }
    Path file = folder.resolve(entry.get("file_name").textValue()).normalize();
    if (!file.startsWith(folder.normalize())) {
      throw new DataException("%s leads out of the folder: %s".formatted(where, file));
    }
    return new Place(file, OptionalInt.empty(), List.of(entry.get("text").textValue()));
  }

  private static PictureFolder classified(Path folder) throws IOException {
    Map<Path, String> classOf = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(PictureFolder::isPicture)
          .sorted()
          .forEach(
              file -> {
                Path inside = folder.relativize(file);
                classOf.put(file, inside.getNameCount() == 1 ? "" : inside.getName(0).toString());
              });
    }
    List<String> names = List.copyOf(new TreeSet<>(classOf.values()));
    boolean mixed = names.size() > 1 && names.contains("");
    if (mixed) {
      throw new DataException(
          "%s holds pictures beside its sub-folders: of classes each picture lies in the one of its"
                  .formatted(folder)
              + " class");
    }
    List<String> classes = names.equals(List.of("")) ? List.of() : names;
    List<Place> places = new ArrayList<>();
    classOf.forEach(
        (file, name) ->
            places.add(
                new Place(
                    file,
                    classes.isEmpty() ? OptionalInt.empty() : OptionalInt.of(classes.indexOf(name)),
                    List.of())));
    return new PictureFolder(folder, places, classes);
  }

  /** By its name. */
  static boolean isPicture(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return !name.startsWith(".")
        && KINDS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  @Override
  public int count() {
    return places.size();
  }

  @Override
  public Entry entry(int index) throws IOException {
    Place place = places.get(index);
    return new Entry(
        folder.relativize(place.file()).toString(),
        Files.readAllBytes(place.file()),
        place.classNumber(),
        place.captions());
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public void close() {
    // Each file is opened when it is asked for.
  }
}
