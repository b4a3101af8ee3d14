package dev.sluice.bench.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.processes.SluiceCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether memory stays bounded in every process of an instance: over requests of random sizes, over
 * many models asked for in turn, and over models that cannot be loaded.
 */
public final class MemoryBench {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern HTTP = Pattern.compile("^HTTP\\s+(http\\S+)");

  /** What a process may grow by from the middle of a run to its end. */
  private static final double GROWTH = 1.10;

  private static final long SLACK = 48L << 20;

  private static final int REPORTS = 10;
  private static final int REQUESTS = 1000;
  private static final int MODELS = 100;

  private static final List<String> SMALL =
      List.of("pipe-sd", "pipe-sdxl", "pipe-sd3", "pipe-ddpm", "pipe-dit", "pipe-if");

  private final Path root;
  private final Path work;
  private final HttpClient client = HttpClient.newHttpClient();
  private boolean bounded = true;

  private MemoryBench(Path root) throws IOException {
    this.root = root;
    this.work = Files.createTempDirectory("memory");
  }

  /**
   * Arguments: the checkout, then which of {@code sizes}, {@code models}, {@code failures}, each
   * with how many, such as {@code sizes=200}, or in full.
   */
  public static void main(String[] args) throws Exception {
    MemoryBench bench = new MemoryBench(Path.of(args[0]));
    for (String part : List.of(args).subList(1, args.length)) {
      String[] words = part.split("=", 2);
      OptionalInt count =
          words.length == 2 ? OptionalInt.of(Integer.parseInt(words[1])) : OptionalInt.empty();
      switch (words[0]) {
        case "sizes" -> bench.sizes(count.orElse(REQUESTS));
        case "models" -> bench.models(count.orElse(MODELS));
        case "failures" -> bench.failures(count.orElse(REQUESTS));
        default -> throw new IllegalArgumentException("no part " + words[0]);
      }
    }
    System.exit(bench.bounded ? 0 : 1);
  }

  private void sizes(int requests) throws Exception {
    Path models = Files.createDirectories(work.resolve("sizes"));
    for (String name : SMALL) {
      copy(root.resolve("goldens").resolve(name), models.resolve(name));
    }
    SplittableRandom random = new SplittableRandom(1);
    measure(
        "%,d requests of random sizes to %d small models".formatted(requests, SMALL.size()),
        models,
        requests,
        i ->
            request(
                SMALL.get(random.nextInt(SMALL.size())),
                Map.of("size", side(random) + "x" + side(random))));
  }

  private static int side(SplittableRandom random) {
    return 16 * random.nextInt(1, 17);
  }

  /** All models twice: what the second time adds would be added every time. */
  private void models(int count) throws Exception {
    Path models = Files.createDirectories(work.resolve("models"));
    for (int i = 0; i < count; i++) {
      copy(root.resolve("goldens/pipe-sd"), models.resolve("sd-" + i));
    }
    measure(
        "%d models asked for in turn, twice".formatted(count),
        models,
        2 * count,
        i -> request("sd-" + i % count, Map.of()));
  }

  private void failures(int requests) throws Exception {
    Path models = Files.createDirectories(work.resolve("failures"));
    List<String> broken = List.of("truncated", "pointer", "mismatched", "not-numbers");
    for (String name : broken) {
      copy(root.resolve("goldens/pipe-sd"), models.resolve(name));
    }
    copy(root.resolve("goldens/pipe-sd"), models.resolve("whole"));
    String weights = "unet/diffusion_pytorch_model.safetensors";
    byte[] bytes = Files.readAllBytes(models.resolve("truncated").resolve(weights));
    Files.write(
        models.resolve("truncated").resolve(weights),
        java.util.Arrays.copyOf(bytes, bytes.length / 2));
    Files.writeString(
        models.resolve("pointer").resolve(weights),
        "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 3438167540\n"
            .formatted("0".repeat(64)));
    Path config = models.resolve("mismatched/unet/config.json");
    Map<String, Object> changed = new TreeMap<>(readObject(config));
    changed.put("cross_attention_dim", 24);
    JSON.writeValue(config.toFile(), changed);
    // Values that are no numbers are found when the network has run.
    java.util.Arrays.fill(bytes, bytes.length - (bytes.length >> 2), bytes.length, (byte) 0xff);
    Files.write(models.resolve("not-numbers").resolve(weights), bytes);
    measure(
        "%,d requests to models that cannot be served".formatted(requests),
        models,
        requests,
        i -> request(broken.get(i % broken.size()), Map.of()));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> readObject(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Map.class);
  }

  private void measure(
      String title, Path models, int requests, IntFunction<Map<String, Object>> request)
      throws Exception {
    System.out.println(title);
    try (SluiceCommand instance =
        SluiceCommand.start(
            root, work.resolve("state"), Map.of(), List.of("up", "--models", models.toString()))) {
      URI door = URI.create(instance.awaitLine(HTTP).group(1)).resolve("/v1/images/generations");
      Map<Integer, Integer> answers = new TreeMap<>();
      Map<String, Long> middle = Map.of();
      Map<String, Long> end = Map.of();
      for (int i = 1; i <= requests; i++) {
        answers.merge(ask(door, request.apply(i - 1)), 1, Integer::sum);
        if (i % (requests / REPORTS) == 0) {
          end = instance.resident();
          System.out.printf("%6d  %s  answers %s%n", i, megabytes(end), answers);
        }
        if (i == requests / 2) {
          middle = instance.resident();
        }
      }
      judge(middle, end);
    }
  }

  private void judge(Map<String, Long> middle, Map<String, Long> end) {
    for (Map.Entry<String, Long> process : end.entrySet()) {
      long before = middle.getOrDefault(process.getKey(), 0L);
      boolean within = process.getValue() <= Math.max(before * GROWTH, before + SLACK);
      bounded &= within;
      System.out.printf(
          "%s  %-14s %,d MB half way, %,d MB at the end%n",
          within ? "pass" : "FAIL", process.getKey(), before >> 20, process.getValue() >> 20);
    }
  }

  private static Map<String, Object> request(String model, Map<String, Object> more) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("model", model);
    if (model.equals("pipe-dit")) {
      request.put("class_label", 7);
    } else if (!model.equals("pipe-ddpm")) {
      request.put("prompt", "a cat");
    }
    request.put("seed", 1);
    request.put("denoiser", Map.of("steps", 2));
    request.putAll(more);
    return request;
  }

  private int ask(URI door, Map<String, Object> request) throws Exception {
    HttpRequest call =
        HttpRequest.newBuilder(door)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(request)))
            .build();
    HttpResponse<String> answer = client.send(call, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 500) {
      JsonNode error = JSON.readTree(answer.body()).path("error");
      System.err.println(answer.statusCode() + " " + error.path("message").asText(answer.body()));
    }
    return answer.statusCode();
  }

  private static String megabytes(Map<String, Long> resident) {
    StringBuilder text = new StringBuilder();
    resident.forEach((part, bytes) -> text.append("%s %,d MB  ".formatted(part, bytes >> 20)));
    return text.toString().strip();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      tree.forEach(
          path -> {
            try {
              Files.copy(path, to.resolve(from.relativize(path).toString()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
