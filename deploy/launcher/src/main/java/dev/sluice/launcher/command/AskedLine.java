package dev.sluice.launcher.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A line of a file of requests.
 *
 * @param number of the line, from 1
 * @param out where its picture goes
 */
record AskedLine(int number, GenerationRequest request, Path out) {

  private static final String OUT = "out";

  /**
   * Reads a file; blank lines ask for nothing.
   *
   * @param defaults what lines do not say
   * @param out from which the names of pictures are made where lines do not say them: with the
   *     line's number
   * @throws LaunchException if the file or one of its lines cannot be read, or two lines name the
   *     same file for their pictures
   */
  static List<AskedLine> read(Path file, GenerationRequest defaults, Path out) {
    List<String> texts;
    try {
      texts = Files.readAllLines(file);
    } catch (IOException e) {
      throw new LaunchException("The file of requests cannot be read: " + e, e);
    }
    List<AskedLine> lines = new ArrayList<>();
    Set<Path> taken = new HashSet<>();
    for (int i = 0; i < texts.size(); i++) {
      if (texts.get(i).isBlank()) {
        continue;
      }
      try {
        AskedLine line = parse(i + 1, texts.get(i), defaults, out);
        if (!taken.add(line.out().toAbsolutePath().normalize())) {
          throw new LaunchException(
              "an earlier line's picture goes to %s too".formatted(line.out()));
        }
        lines.add(line);
      } catch (LaunchException e) {
        throw new LaunchException("%s, line %d: %s".formatted(file, i + 1, e.getMessage()), e);
      }
    }
    return lines;
  }

  private static AskedLine parse(int number, String text, GenerationRequest defaults, Path out) {
    GenerationRequest.Builder request = defaults.toBuilder();
    JsonElement json = json(text);
    if (json.isJsonPrimitive() && json.getAsJsonPrimitive().isString()) {
      return new AskedLine(
          number,
          request.setPrompt(json.getAsString()).build(),
          WrittenPictures.withSuffix(out, number));
    }
    if (!json.isJsonObject()) {
      throw new LaunchException("neither a prompt in quotes nor a request, an object in braces");
    }
    JsonObject object = json.getAsJsonObject();
    JsonElement own = object.remove(OUT);
    try {
      GenerationRequest.Builder asked = GenerationRequest.newBuilder();
      JsonFormat.parser().merge(object.toString(), asked);
      return new AskedLine(
          number,
          request.mergeFrom(asked.build()).build(),
          own == null ? WrittenPictures.withSuffix(out, number) : Path.of(own.getAsString()));
    } catch (InvalidProtocolBufferException e) {
      throw new LaunchException(e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new LaunchException("`out` is not the name of a file", e);
    }
  }

  private static JsonElement json(String text) {
    try {
      return JsonParser.parseString(text);
    } catch (JsonParseException e) {
      throw new LaunchException("not JSON: a prompt in quotes, or a request in braces", e);
    }
  }

  /** The files of its pictures. */
  List<Path> files() {
    return WrittenPictures.files(out, request.getN());
  }

  /** SHA-256 of what is asked for, in hexadecimal. */
  String digest() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(request.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
