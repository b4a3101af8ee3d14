package dev.sluice.launcher.care;

import dev.sluice.launcher.console.JsonLines;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.instance.SluiceHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice dead-letters}: records that nobody could work on. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(list | show | retry)",
    description = "Look at the records that nobody could work on, and give them another try.")
public final class DeadLettersCommand {

  @Spec private CommandSpec spec;

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Name all that Kafka still has, the oldest first, with the reason.")
  int list(
      @Mixin Broker broker,
      @Option(names = "--json", description = "A JSON object in a line for each, for programs.")
          boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    try (DeadLetters letters = broker.open()) {
      for (DeadLetter letter : letters.all()) {
        out.print(
            json
                ? JsonLines.line(object(letter))
                : "%s  %s  %s%n    %s%n"
                    .formatted(letter.name(), letter.at(), letter.key(), letter.error()));
      }
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Print what is in one: why it is one, and its value.")
  int show(
      @Mixin Broker broker,
      @Parameters(paramLabel = "NAME", description = "As list tells it.") String name) {
    PrintWriter out = spec.commandLine().getOut();
    try (DeadLetters letters = broker.open()) {
      DeadLetter letter = letters.named(List.of(name)).get(0);
      out.printf(
          "from   %s%nkey    %s%nat     %s%nerror  %s%n%s%n",
          letter.origin(), letter.key(), letter.at(), letter.error(), letter.value());
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = {
        "Write some to the topics that they come from, for another try.",
        "They stay on the list until Kafka drops them, which it does by age."
      })
  int retry(
      @Mixin Broker broker,
      @Parameters(paramLabel = "NAME", arity = "1..*", description = "As list tells them.")
          List<String> names) {
    try (DeadLetters letters = broker.open()) {
      List<DeadLetter> chosen = letters.named(names);
      letters.retry(chosen);
      PrintWriter out = spec.commandLine().getOut();
      chosen.forEach(letter -> out.printf("%s  to %s%n", letter.name(), letter.origin()));
      out.flush();
    }
    return 0;
  }

  private static Map<String, Object> object(DeadLetter letter) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", letter.name());
    object.put("origin", letter.origin());
    object.put("at", letter.at().toString());
    object.put("key", letter.key());
    object.put("error", letter.error());
    return object;
  }

  /** Which Kafka is meant. */
  static final class Broker {

    @Option(
        names = "--kafka",
        paramLabel = "HOST:PORT",
        description = "Kafka's address (default: that of the instance that is up).")
    private String address;

    @Option(
        names = "--kafka-properties",
        paramLabel = "FILE",
        description = "Further settings of Kafka's clients, such as sasl.jaas.config.")
    private Path properties;

    DeadLetters open() {
      Map<String, Object> settings = new HashMap<>();
      if (properties != null) {
        Properties further = new Properties();
        try (Reader reader = Files.newBufferedReader(properties)) {
          further.load(reader);
        } catch (IOException e) {
          throw new LaunchException("The settings of Kafka's clients cannot be read: " + e, e);
        }
        further.forEach((name, value) -> settings.put(name.toString(), value));
      }
      if (address != null) {
        settings.put("bootstrap.servers", address);
      }
      settings.computeIfAbsent("bootstrap.servers", name -> addressOfWhatIsUp());
      return new DeadLetters(settings);
    }

    private static String addressOfWhatIsUp() {
      return RunningInstance.find(SluiceHome.locate().state())
          .map(RunningInstance::kafka)
          .orElseThrow(
              () ->
                  new LaunchException(
                      "Nothing is up. Start `sluice up`, or name a Kafka with --kafka."));
    }
  }
}
