package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.launcher.DocumentedCommands;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.system.around.Programs;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the documentation, run as they stand there, in a checkout beside whose models
 * tiny ones lie under the names of those that users bring, while {@code ./sluice up} runs.
 */
class CommandsInDocsIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));

  /** What takes long, or would change this checkout; others test it. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "\\./sluice (train (?!.*--help)[a-z].*|distill.*|evaluate.*|lineage.*|up.*|models add.*"
              + "|parity goldens"
              + "|generate --model models/mine.*"
              // The same stands in README, of a model by its name; each starts an instance.
              + "|generate .* --model models/sd15 --lora .*)",
          // Some commands go on for lines.
          Pattern.DOTALL);

  private static final Pattern COMMAND = Pattern.compile("^\\./sluice|\\b(curl|kcat) ");

  private static final Map<String, String> MODELS =
      Map.of(
          "sd15", "pipe-sd",
          "stable-diffusion-v1-5", "pipe-sd",
          "sdxl", "pipe-sdxl",
          "sdxl-refiner", "pipe-sdxl-refiner");

  /** How a picture's keeping is told of. */
  private static final Pattern KEPT = Pattern.compile("kept as (\\S+)/0:");

  /** Some start an instance of their own. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  @TempDir private static Path folder;

  private static Process up;
  private static RunningInstance instance;
  private static String request = "none";
  private static Process listening;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Programs.areInstalled("bash", "curl", "jq", "kcat"),
        "bash, curl, jq or kcat is not installed; deploy/debian-packages does that");
    Path models = Files.createDirectory(folder.resolve("models"));
    try (Stream<Path> shipped = Files.list(HOME.resolve("models"))) {
      for (Path model : shipped.filter(Files::isDirectory).toList()) {
        Files.createSymbolicLink(models.resolve(model.getFileName()), model);
      }
    }
    for (Map.Entry<String, String> model : MODELS.entrySet()) {
      Files.createSymbolicLink(
          models.resolve(model.getKey()), TinyModel.source(model.getValue()).toAbsolutePath());
    }
    Path lora = TinyLora.write(folder);
    for (String name : List.of("watercolour", "detail")) {
      Path file = models.resolve("loras/" + name + ".safetensors");
      Files.createDirectories(file.getParent());
      Files.copy(lora, file);
    }
    Files.copy(lora, folder.resolve("watercolour.safetensors"));
    checkOut();
    Files.writeString(folder.resolve("prompts.jsonl"), "\"a red circle\"\n\"a blue square\"\n");
    picture("small.png", 16);
    picture("door.png", 64);
    ProcessBuilder builder =
        new ProcessBuilder(folder.resolve("sluice").toString(), "up", "--together", "--any-ports")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("up.txt").toFile());
    builder.environment().put("SLUICE_STATE", state().toString());
    up = builder.start();
    long end = System.nanoTime() + LONGEST.toNanos();
    while (RunningInstance.find(state()).isEmpty()) {
      assertThat(System.nanoTime()).as("started").isLessThan(end);
      assertThat(up.isAlive()).as(Files.readString(folder.resolve("up.txt"))).isTrue();
      Thread.sleep(100);
    }
    instance = RunningInstance.find(state()).orElseThrow();
    leaveADeadLetter();
  }

  /**
   * All of this checkout but its models; the script is no link, as what it finds lies beside it.
   */
  private static void checkOut() throws IOException {
    try (Stream<Path> entries = Files.list(HOME)) {
      for (Path entry : entries.toList()) {
        Path here = folder.resolve(entry.getFileName());
        if (Files.isDirectory(entry) && !Files.exists(here)) {
          Files.createSymbolicLink(here, entry);
        }
      }
    }
    // With their times: a build that is older than its pom is made anew.
    for (String file : List.of("sluice", "pom.xml")) {
      Files.copy(HOME.resolve(file), folder.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private static Path state() {
    return folder.resolve("state");
  }

  @AfterAll
  static void stop() throws Exception {
    if (up != null) {
      up.destroy();
      if (!up.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        up.destroyForcibly();
      }
    }
  }

  private static void picture(String name, int side) throws IOException {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side / 2; i++) {
      picture.setRGB(i % side, i / side, 0xffffff);
    }
    ImageIO.write(picture, "png", folder.resolve(name).toFile());
  }

  private static void leaveADeadLetter() {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", instance.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("sluice.denoiser", new byte[] {(byte) 0xff, 1, 2, 3}));
    }
  }

  @TestFactory
  Stream<DynamicTest> everyCommandDoesWhatItSays() throws Exception {
    said("./sluice generate \"a large red circle\" --seed 7 --out first.png");
    Set<String> shown = new HashSet<>();
    return DocumentedCommands.documents()
        .flatMap(
            document ->
                DocumentedCommands.examples(document).stream()
                    .filter(line -> COMMAND.matcher(line).find())
                    .filter(line -> !LEFT_OUT.matcher(line).matches())
                    // Several documents show the same.
                    .filter(line -> shown.add(line.replaceAll(" +#.*", "")))
                    .map(
                        line ->
                            DynamicTest.dynamicTest(
                                HOME.relativize(document) + ": " + line, () -> run(line))));
  }

  /** With pictures in the folder that other commands have made of others. */
  private static void run(String line) throws Exception {
    for (String name : List.of("picture.png", "cat.png", "house.png")) {
      if (!(name.equals("picture.png") && (line.contains("replay") || listening != null))) {
        Files.copy(
            folder.resolve("first.png"), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (line.contains("kcat -C")) {
      // It listens until it is stopped, in a terminal of its own.
      listening = listen(line);
      return;
    }
    Matcher kept = KEPT.matcher(said(line));
    if (listening != null) {
      awaitWhatIsHeard();
    }
    if (kept.find()) {
      request = kept.group(1);
    }
  }

  private static Process listen(String line) throws Exception {
    Files.delete(folder.resolve("picture.png"));
    Process process =
        shell(line).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
    // It begins at the end of the topic as it finds it.
    Thread.sleep(2_000);
    assertThat(process.isAlive()).isTrue();
    return process;
  }

  private static void awaitWhatIsHeard() throws Exception {
    Path picture = folder.resolve("picture.png");
    long end = System.nanoTime() + LONGEST.toNanos();
    try {
      while (!Files.exists(picture)
          || Files.size(picture) == 0
          || ImageIO.read(picture.toFile()) == null) {
        assertThat(System.nanoTime()).as("heard").isLessThan(end);
        Thread.sleep(100);
      }
    } finally {
      listening.descendants().forEach(ProcessHandle::destroy);
      listening.destroy();
      listening = null;
    }
  }

  private static String said(String line) throws Exception {
    Programs.Outcome outcome = Programs.run(shell(line), LONGEST);
    assertThat(outcome.status()).as("%s%n%s", line, outcome.said()).isZero();
    return outcome.said();
  }

  private static ProcessBuilder shell(String line) throws Exception {
    String models = folder.resolve("models").toString();
    String command =
        line.replace("FOLDER", line.startsWith("./sluice models") ? models : models + "/sd15")
            .replace("REQUEST", request)
            .replace("BROKER", instance.kafka())
            .replace("/0/17", "/0/0")
            .replaceAll("(127\\.0\\.0\\.1|localhost):8080", instance.http())
            .replace("127.0.0.1:9092", instance.kafka());
    Path work = Files.createTempFile(folder, "command", ".sh");
    Files.writeString(
        work,
        """
        set -euo pipefail
        curl() { command curl --fail-with-body "$@"; }
        test ! -e id || id=$(cat id)
        %s
        test -z "${id:-}" || echo "$id" > id
        """
            .formatted(command));
    ProcessBuilder builder = new ProcessBuilder("bash", work.toString()).directory(folder.toFile());
    builder.environment().put("SLUICE_STATE", state().toString());
    return builder;
  }
}
