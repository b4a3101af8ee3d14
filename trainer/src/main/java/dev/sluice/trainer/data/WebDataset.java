package dev.sluice.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * Tar files as WebDataset lays them out: members that have a name in common up to the first dot are
 * one example; what comes after it says what a member is: a picture ({@code jpg, jpeg, png, webp}),
 * its caption ({@code txt}), the number of its class ({@code cls}), or JSON with {@code caption} or
 * {@code text}.
 */
final class WebDataset implements PictureSet {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The members of one example. */
  private record Example(
      Path shard, TarFile tar, String key, Map<String, TarArchiveEntry> members) {}

  private final List<TarFile> tars;
  private final List<Example> examples;
  private final List<String> classes;

  private WebDataset(List<TarFile> tars, List<Example> examples, List<String> classes) {
    this.tars = tars;
    this.examples = examples;
    this.classes = classes;
  }

  static WebDataset open(List<Path> shards) throws IOException {
    List<TarFile> tars = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    int classes = 0;
    for (Path shard : shards) {
      TarFile tar;
      try {
        tar = new TarFile(shard);
      } catch (IOException e) {
        throw new DataException("%s is no whole tar file: %s".formatted(shard, e.getMessage()));
      }
      tars.add(tar);
      List<Example> found = examples(shard, tar);
      for (Example example : found) {
        classes = Math.max(classes, classNumber(example).orElse(-1) + 1);
      }
      examples.addAll(found);
    }
    if (examples.isEmpty()) {
      throw new DataException(
          shards + " hold no picture: members are named as 000017.jpg and 000017.txt");
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      names.add(Integer.toString(i));
    }
    return new WebDataset(tars, examples, names);
  }

  private static List<Example> examples(Path shard, TarFile tar) {
    Map<String, Example> byKey = new LinkedHashMap<>();
    for (TarArchiveEntry entry : tar.getEntries()) {
      String name = entry.getName();
      int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
      if (entry.isFile() && dot > name.lastIndexOf('/') + 1) {
        byKey
            .computeIfAbsent(
                name.substring(0, dot), key -> new Example(shard, tar, key, new LinkedHashMap<>()))
            .members()
            .put(name.substring(dot + 1).toLowerCase(java.util.Locale.ROOT), entry);
      }
    }
    return byKey.values().stream().filter(example -> picture(example) != null).toList();
  }

  private static TarArchiveEntry picture(Example example) {
    return example.members().entrySet().stream()
        .filter(member -> PictureFolder.isPicture(Path.of("x." + member.getKey())))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static OptionalInt classNumber(Example example) throws IOException {
    TarArchiveEntry member = example.members().get("cls");
    if (member == null) {
      return OptionalInt.empty();
    }
    String text = text(example, member);
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return OptionalInt.of(number);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new DataException(
        "%s: %s is '%s'; a class is a number from 0 on"
            .formatted(example.shard(), member.getName(), text));
  }

  private static String text(Example example, TarArchiveEntry member) throws IOException {
    return new String(bytes(example, member), StandardCharsets.UTF_8).strip();
  }

  /** One at a time: a tar file's members share its channel. */
  private static byte[] bytes(Example example, TarArchiveEntry member) throws IOException {
    synchronized (example.tar()) {
      try (InputStream in = example.tar().getInputStream(member)) {
        return in.readAllBytes();
      }
    }
  }

  @Override
  public int count() {
    return examples.size();
  }

  @Override
  public Entry entry(int index) throws IOException {
    Example example = examples.get(index);
    return new Entry(
        example.shard().getFileName() + "/" + picture(example).getName(),
        bytes(example, picture(example)),
        classNumber(example),
        captions(example));
  }

  private static List<String> captions(Example example) throws IOException {
    List<String> captions = new ArrayList<>();
    if (example.members().containsKey("txt")) {
      captions.add(text(example, example.members().get("txt")));
    }
    if (example.members().containsKey("json")) {
      JsonNode json = JSON.readTree(bytes(example, example.members().get("json")));
      for (String key : List.of("caption", "text")) {
        if (json.path(key).isTextual()) {
          captions.add(json.get(key).textValue());
        }
      }
    }
    return captions;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public void close() {
    for (TarFile tar : tars) {
      try {
        tar.close();
      } catch (IOException e) {
        // It was only read.
      }
    }
  }
}
