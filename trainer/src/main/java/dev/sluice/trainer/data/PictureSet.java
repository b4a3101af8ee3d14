package dev.sluice.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Picture files with what is said of them, read one by one. Safe for use by several threads. */
public interface PictureSet extends AutoCloseable {

  /**
   * One of the set.
   *
   * @param name for messages
   * @param file its bytes, not looked into
   * @param classNumber where the set has classes
   * @param captions none, one or several
   */
  record Entry(String name, byte[] file, OptionalInt classNumber, List<String> captions) {}

  /** How many. */
  int count();

  /**
   * Reads one.
   *
   * @throws IOException if that one cannot be read; others may be
   */
  Entry entry(int index) throws IOException;

  /** The classes' names by their numbers; empty where there are none. */
  List<String> classes();

  @Override
  void close();

  /**
   * Opens a folder: of WebDataset's tar files if there are any, else of pictures.
   *
   * @throws DataException if there is nothing in it that can be trained with
   */
  static PictureSet open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          folder + " is no folder; training data is a folder of pictures or of tar files");
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> shards = files.filter(file -> file.toString().endsWith(".tar")).sorted().toList();
      return shards.isEmpty() ? PictureFolder.open(folder) : WebDataset.open(shards);
    } catch (IOException e) {
      throw new DataException("%s cannot be listed: %s".formatted(folder, e.getMessage()));
    }
  }
}
