package dev.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine.ParseResult;

/** Every call of {@code ./sluice} in the documentation is one that the command line takes. */
class CommandsInDocsTest {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));

  /** A line of an example, with the lines that go on with it. */
  private static final Pattern EXAMPLE =
      Pattern.compile("(?m)^ {4,}\\./sluice +((?:[^\\n]*\\\\\\n)*[^\\n]*)$");

  private static final Pattern IN_A_SENTENCE = Pattern.compile("`\\./sluice ([^`]+)`");

  /** A word of a shell: bare, or in double quotes. */
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TestFactory
  Stream<DynamicTest> everyCommand_isTaken() throws IOException {
    return documents()
        .flatMap(
            document ->
                commands(document).stream()
                    .map(
                        command ->
                            DynamicTest.dynamicTest(
                                HOME.relativize(document) + ": " + command,
                                () ->
                                    assertThatCode(() -> parse(command))
                                        .doesNotThrowAnyException())));
  }

  @Test
  void documents_haveThem() throws IOException {
    assertThat(documents().mapToInt(document -> commands(document).size()).sum()).isGreaterThan(40);
  }

  @Test
  void parse_findsWhatIsMisspelt() {
    assertThatCode(() -> parse("generate \"a b\" --sede 7")).hasMessageContaining("--sede");
  }

  private static Stream<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    documents.add(HOME.resolve("README.md"));
    documents.add(HOME.resolve("CONTRIBUTING.md"));
    try (Stream<Path> docs = Files.walk(HOME.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents.stream();
  }

  private static List<String> commands(Path document) {
    String text;
    try {
      text = Files.readString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> commands = new ArrayList<>();
    Matcher examples = EXAMPLE.matcher(text);
    while (examples.find()) {
      commands.add(examples.group(1).replace("\\\n", " "));
    }
    Matcher sentences = IN_A_SENTENCE.matcher(text);
    while (sentences.find()) {
      // A word in capitals stands for any.
      if (!sentences.group(1).matches("[A-Z]+\\b.*")) {
        commands.add(sentences.group(1).replace('\n', ' '));
      }
    }
    return commands;
  }

  private static ParseResult parse(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      if (word.group(2) != null && word.group(2).matches("[#|>&;].*")) {
        break;
      }
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    return Sluice.commandLine().parseArgs(words.toArray(String[]::new));
  }
}
