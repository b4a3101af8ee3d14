package dev.sluice.parity;

import dev.sluice.parity.network.About;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;

/** Finds packs: a folder that is one, or those below a folder that holds some. */
final class PackFinder {

  private static final int MAX_DEPTH = 32;

  private PackFinder() {}

  /**
   * The packs at or below {@code given}, sorted. A pack's own folders are not searched.
   *
   * @throws IllegalArgumentException if it is no folder, or there are none
   */
  static List<Path> find(Path given) {
    if (!Files.isDirectory(given)) {
      throw new IllegalArgumentException(
          given + (Files.exists(given) ? ": not a folder" : ": no such folder"));
    }
    List<Path> packs = new ArrayList<>();
    try {
      Files.walkFileTree(
          given,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          MAX_DEPTH,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
              if (isPack(folder)) {
                packs.add(folder);
                return FileVisitResult.SKIP_SUBTREE;
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              // A link that leads nowhere or round in circles is no pack.
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new IllegalArgumentException(given + ": cannot be searched: " + e.getMessage(), e);
    }
    if (packs.isEmpty()) {
      throw new IllegalArgumentException(
          given + ": holds no pack, a folder with an " + About.FILE + " and recorded tensors");
    }
    Collections.sort(packs);
    return packs;
  }

  /** Also a damaged one, which lacks its description or its recording, so that it is missed. */
  private static boolean isPack(Path folder) throws IOException {
    if (Files.exists(folder.resolve(About.FILE))) {
      return true;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).anyMatch(PackFinder::isRecording);
    }
  }

  private static boolean isRecording(String file) {
    return file.startsWith("golden.") && file.endsWith(".safetensors");
  }
}
