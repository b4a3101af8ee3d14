package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.launcher.client.GatewayAccess;
import dev.sluice.launcher.client.GatewayClient;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.ProgressDisplay;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.launcher.model.ModelChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice generate}: a prompt in, PNG files out. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Make pictures from a prompt.",
      "Uses the instance that `sluice up` holds; without one, starts everything and stops it again."
    })
public final class GenerateCommand implements Callable<Integer> {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PROMPT",
      arity = "0..1",
      defaultValue = "",
      description = "What the picture shall show; leave it out for models that take no text.")
  private String prompt;

  @Option(names = "--negative", paramLabel = "TEXT", description = "What it shall not show.")
  private String negative = "";

  @Option(
      names = "--seed",
      description = "0 to 2^63 - 1; picture i takes seed + i (default: a random one).")
  private Long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "picture.png",
      description =
          "Where the PNG goes (default: ${DEFAULT-VALUE}); with several, -0, -1 ... go before .png.")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "NAME|FOLDER",
      description = "A model's name, or a folder in the diffusers layout.")
  private String model = "";

  @Option(
      names = {"--n", "--frames"},
      defaultValue = "1",
      description = "How many pictures, 1 to 16.")
  private int n;

  @Option(names = "--size", paramLabel = "WxH", description = "Pixels (default: the model's).")
  private String size;

  @Mixin private DenoiserArguments denoiser;

  @Mixin private ForkArguments fork;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "A picture to start from, or to enlarge if that is what the model does.")
  private Path image;

  @Option(
      names = "--variation",
      description = "Make other pictures of what the picture given shows.")
  private boolean variation;

  @Option(
      names = "--upscale",
      description = "Only make the picture given larger, by the model's super-resolution.")
  private boolean upscale;

  @Option(
      names = "--prior-model",
      paramLabel = "NAME",
      description = "The model, beside this one, whose prior makes the picture embeddings.")
  private String priorModel;

  @Option(
      names = "--interpolate-to",
      paramLabel = "TEXT",
      description =
          "Make --frames pictures on the way from the prompt, or --image, to this prompt.")
  private String endPrompt;

  @Option(
      names = "--interpolate-to-image",
      paramLabel = "FILE",
      description = "The same to this picture.")
  private Path endImage;

  @Option(
      names = "--interpolate-to-seed",
      paramLabel = "NUMBER",
      description = "The pictures' first noise goes, too or alone, to that of this seed.")
  private Long endSeed;

  @ArgGroup(exclusive = false)
  private ChangeArguments change;

  /** Words for a picture that is there, and for the one wanted. */
  private static final class ChangeArguments {

    @Option(
        names = "--change-from",
        required = true,
        paramLabel = "TEXT",
        description =
            "What --image shows; --frames pictures go from there along a change of words.")
    private String from;

    @Option(
        names = "--change-to",
        required = true,
        paramLabel = "TEXT",
        description = "What it shall show.")
    private String to;
  }

  @Option(
      names = "--keep-structure",
      description = "Variations and ways between pictures keep the layout of the pictures given.")
  private boolean keepStructure;

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description = "As large as the picture given: white where it is to be painted anew.")
  private Path mask;

  @Option(
      names = "--strength",
      description = "0 to 1: how far a given picture is sent back towards noise.")
  private Double strength;

  @Option(names = "--class", paramLabel = "NUMBER", description = "Of models that know classes.")
  private Integer classLabel;

  @Option(
      names = "--noise-level",
      paramLabel = "TIMESTEP",
      description = "Noise on a picture to be enlarged.")
  private Integer noiseLevel;

  @Option(
      names = "--refiner",
      paramLabel = "NAME",
      description = "A second model, beside the first, that finishes the picture.")
  private String refiner;

  @Option(
      names = "--refiner-start",
      paramLabel = "SHARE",
      description = "The share of the schedule at which it takes over, 0 to 1 (default: 0.8).")
  private Double refinerStart;

  @Option(names = "--prior-steps", paramLabel = "STEPS", description = "Steps of the prior.")
  private Integer priorSteps;

  @Option(names = "--prior-guidance", paramLabel = "SCALE", description = "The prior's guidance.")
  private Double priorGuidance;

  @Option(
      names = "--autoregressive-prior",
      description = "Picture embeddings by the model's autoregressive prior.")
  private boolean autoregressivePrior;

  @Option(
      names = "--candidates",
      paramLabel = "NUMBER",
      description =
          "Sample so many picture embeddings, 1 to 16; that most like the prompt is used.")
  private Integer candidates;

  @Override
  public Integer call() throws IOException {
    SluiceHome home = SluiceHome.locate();
    ModelChoice choice = ModelChoice.of(model, refiner, priorModel);
    GenerationRequest request = request(choice.name());
    return GatewayAccess.use(home, choice, (client, startUp) -> generate(client, request, startUp));
  }

  private int generate(GatewayClient client, GenerationRequest request, Optional<Duration> startUp)
      throws IOException {
    long started = System.nanoTime();
    ProgressDisplay display =
        new ProgressDisplay(System.err, Boolean.getBoolean("sluice.terminal"), request.getN());
    Pictures pictures = new Pictures();
    Set<String> warnings = new LinkedHashSet<>();
    client.generate(
        request,
        event -> {
          switch (event.getEventCase()) {
            case PROGRESS ->
                display.progress(
                    Topics.name(event.getProgress().getStage()),
                    Integer.toString(event.getImageIndex()),
                    event.getProgress().getStep(),
                    event.getProgress().getTotal(),
                    System.nanoTime());
            case ACCEPTED -> warnings.addAll(event.getAccepted().getWarningsList());
            case IMAGE -> {
              warnings.addAll(event.getImage().getWarningsList());
              pictures.add(event.getRequestId(), event.getImage());
            }
            case LOADING -> display.loading(event.getLoading(), System.nanoTime());
            case ERROR -> pictures.addFailure(event);
            default -> {
              // Previews are not asked for.
            }
          }
        });
    warnings.forEach(warning -> System.err.println("Warning: " + warning));
    pictures.printTo(Duration.ofNanos(System.nanoTime() - started), startUp);
    return pictures.failed == 0 ? 0 : 1;
  }

  private GenerationRequest request(String modelName) {
    GenerationRequest.Builder request =
        GenerationRequest.newBuilder()
            .setPrompt(prompt)
            .setNegativePrompt(negative)
            .setModel(modelName)
            .setN(n)
            .setCancelOnDisconnect(true);
    set(seed, request::setSeed);
    if (size != null) {
      Matcher matcher = SIZE.matcher(size);
      if (!matcher.matches()) {
        throw new ParameterException(
            spec.commandLine(), "--size must be WIDTHxHEIGHT, such as 64x64, not '" + size + "'");
      }
      request.setWidth(Integer.parseInt(matcher.group(1)));
      request.setHeight(Integer.parseInt(matcher.group(2)));
    }
    set(image, file -> request.setImage(ByteString.copyFrom(read(file))));
    request.setVariation(variation);
    request.setUpscale(upscale);
    fork.apply(request);
    set(priorModel, request::setPriorModel);
    set(candidates, request::setPriorCandidates);
    request.setAutoregressivePrior(autoregressivePrior);
    set(endPrompt, text -> request.getInterpolationBuilder().setPrompt(text));
    set(
        endImage,
        file -> request.getInterpolationBuilder().setImage(ByteString.copyFrom(read(file))));
    set(endSeed, other -> request.getInterpolationBuilder().setSeed(other));
    set(
        change,
        words ->
            request
                .getInterpolationBuilder()
                .setChange(Change.newBuilder().setFrom(words.from).setTo(words.to)));
    request.setKeepStructure(keepStructure);
    set(mask, file -> request.setMask(ByteString.copyFrom(read(file))));
    set(strength, request::setStrength);
    set(classLabel, request::setClassLabel);
    set(noiseLevel, request::setNoiseLevel);
    set(refiner, request::setRefinerModel);
    set(refinerStart, request::setRefinerStart);
    SamplingSettings settings = denoiser.settings();
    if (!settings.getAllFields().isEmpty()) {
      request.setDenoiser(settings);
    }
    if (priorSteps != null || priorGuidance != null) {
      SamplingSettings.Builder prior = SamplingSettings.newBuilder();
      set(priorSteps, prior::setSteps);
      set(priorGuidance, prior::setGuidanceScale);
      request.setPrior(prior);
    }
    return request.build();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new LaunchException("The picture cannot be read: " + e, e);
    }
  }

  /** The pictures as they arrive: each is written at once. */
  private final class Pictures {

    private final StringBuilder lines = new StringBuilder();
    private int failed;

    void add(String requestId, Image image) {
      Path file = fileOf(image.getIndex());
      try {
        if (file.getParent() != null) {
          Files.createDirectories(file.getParent());
        }
        Files.write(file, image.getPng().toByteArray());
      } catch (IOException e) {
        throw new LaunchException("The picture cannot be written to " + file + ": " + e, e);
      }
      lines.append(
          "%s  %dx%d, seed %d  (%s)%n"
              .formatted(
                  file.toAbsolutePath(),
                  image.getWidth(),
                  image.getHeight(),
                  image.getSeed(),
                  image.getTimingsList().stream()
                      .map(
                          timing ->
                              Topics.name(timing.getStage())
                                  + " "
                                  + ProgressDisplay.seconds(
                                      Duration.ofNanos(Durations.toNanos(timing.getDuration()))))
                      .collect(Collectors.joining(", "))));
      lines.append(fork.kept(requestId, image.getIndex()));
    }

    void addFailure(GenerationEvent event) {
      failed++;
      lines.append(
          "picture %d failed: %s%n"
              .formatted(event.getImageIndex(), event.getError().getMessage()));
    }

    void printTo(Duration took, Optional<Duration> startUp) {
      System.out.print(lines);
      System.out.println(
          "generated in "
              + ProgressDisplay.seconds(took)
              + startUp
                  .map(time -> ", after " + ProgressDisplay.seconds(time) + " to start")
                  .orElse(""));
    }

    private Path fileOf(int index) {
      if (n == 1) {
        return out;
      }
      String name = out.getFileName().toString();
      int dot = name.lastIndexOf('.');
      String stem = dot > 0 ? name.substring(0, dot) : name;
      String ending = dot > 0 ? name.substring(dot) : "";
      return out.resolveSibling(stem + "-" + index + ending);
    }
  }
}
