package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.launcher.client.GatewayAccess;
import dev.sluice.launcher.client.GatewayClient;
import dev.sluice.launcher.console.ProgressDisplay;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.launcher.model.ModelChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
          "Where the PNG goes (default: ${DEFAULT-VALUE}); with several, -0, -1 ... go before"
              + " .png.")
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

  @Mixin private PriorArguments prior;

  @Mixin private InterpolationArguments interpolation;

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

  @Override
  public Integer call() throws IOException {
    SluiceHome home = SluiceHome.locate();
    ModelChoice choice = ModelChoice.of(model, refiner, prior.model());
    GenerationRequest request = request(choice.name());
    return GatewayAccess.use(home, choice, (client, startUp) -> generate(client, request, startUp));
  }

  private int generate(GatewayClient client, GenerationRequest request, Optional<Duration> startUp)
      throws IOException {
    long started = System.nanoTime();
    ProgressDisplay display =
        new ProgressDisplay(System.err, Boolean.getBoolean("sluice.terminal"), request.getN());
    WrittenPictures pictures = new WrittenPictures(out, n, fork);
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
    return pictures.areAllThere() ? 0 : 1;
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
    set(image, file -> request.setImage(GivenFile.read(file)));
    request.setVariation(variation);
    request.setUpscale(upscale);
    fork.apply(request);
    prior.apply(request);
    interpolation.apply(request);
    set(mask, file -> request.setMask(GivenFile.read(file)));
    set(strength, request::setStrength);
    set(classLabel, request::setClassLabel);
    set(noiseLevel, request::setNoiseLevel);
    set(refiner, request::setRefinerModel);
    set(refinerStart, request::setRefinerStart);
    SamplingSettings settings = denoiser.settings();
    if (!settings.getAllFields().isEmpty()) {
      request.setDenoiser(settings);
    }
    return request.build();
  }
}
