package dev.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
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

  private static final String SLUICE = "./sluice ";

  /** A word of a shell: bare, or in double quotes. */
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TestFactory
  Stream<DynamicTest> everyCommand_isTaken() throws IOException {
    return DocumentedCommands.documents()
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
    assertThat(DocumentedCommands.documents().mapToInt(document -> commands(document).size()).sum())
        .isGreaterThan(40);
  }

  @Test
  void parse_findsWhatIsMisspelt() {
    assertThatCode(() -> parse("generate \"a b\" --sede 7")).hasMessageContaining("--sede");
  }

  private static List<String> commands(Path document) {
    return Stream.concat(
            DocumentedCommands.examples(document).stream()
                .filter(line -> line.startsWith(SLUICE))
                .map(line -> line.substring(SLUICE.length()).replace("\\\n", " ")),
            DocumentedCommands.inSentences(document).stream())
        .toList();
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
