package dev.sluice.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands that the documentation shows. */
public final class DocumentedCommands {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));

  /** A line of an example, with the lines that go on with it. */
  private static final Pattern EXAMPLE =
      Pattern.compile("(?m)^ {4,}(\\S(?:[^\\n]*\\\\\\n)*[^\\n]*)$");

  private static final Pattern IN_A_SENTENCE = Pattern.compile("`\\./sluice ([^`]+)`");

  private DocumentedCommands() {}

  /** The documents that show commands. */
  public static Stream<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    documents.add(HOME.resolve("README.md"));
    documents.add(HOME.resolve("CONTRIBUTING.md"));
    try (Stream<Path> docs = Files.walk(HOME.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents.stream();
  }

  /** The lines of a document's examples, whatever they are, each with those that go on with it. */
  public static List<String> examples(Path document) {
    List<String> lines = new ArrayList<>();
    Matcher examples = EXAMPLE.matcher(text(document));
    while (examples.find()) {
      lines.add(examples.group(1));
    }
    return lines;
  }

  /** The arguments of {@code ./sluice} in sentences; a word in capitals stands for any. */
  static List<String> inSentences(Path document) {
    List<String> commands = new ArrayList<>();
    Matcher sentences = IN_A_SENTENCE.matcher(text(document));
    while (sentences.find()) {
      if (!sentences.group(1).matches("[A-Z]+\\b.*")) {
        commands.add(sentences.group(1).replace('\n', ' '));
      }
    }
    return commands;
  }

  private static String text(Path document) {
    try {
      return Files.readString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
