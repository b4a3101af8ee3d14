package dev.sluice.safetensors;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** What messages call a file: {@code folder/name}, which tells component and file, never a path. */
public final class FileLabel {

  private FileLabel() {}

  /** A file's name after that of its folder. */
  public static String of(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    int names = absolute.getNameCount();
    return names == 0 ? "/" : absolute.subpath(Math.max(0, names - 2), names).toString();
  }

  /** Why a file could not be read, without the path that Java's own messages begin with. */
  public static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "access denied";
    }
    if (failure instanceof FileSystemException of) {
      return of.getReason() == null ? failure.getClass().getSimpleName() : of.getReason();
    }
    return failure instanceof JsonProcessingException json ? reason(json) : failure.getMessage();
  }

  /** Where a text stops being JSON; the parser's own words are about its settings. */
  public static String reason(JsonProcessingException failure) {
    JsonLocation at = failure.getLocation();
    return at == null
        ? "not valid JSON"
        : "not valid JSON at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
  }
}
