package dev.sluice.launcher.command;

import static dev.sluice.launcher.command.DenoiserArguments.set;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.launcher.model.GivenLora;
import dev.sluice.launcher.model.ModelChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What all commands take that make pictures. */
final class PictureArguments {

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
      names = "--lora",
      paramLabel = "NAME|FILE[:WEIGHT]",
      description =
          "A LoRA to add to the model, and how much of it, -4 to 4 (default: 1); may be given"
              + " several times.")
  private List<String> loras = List.of();

  @Option(
      names = {"--n", "--frames"},
      paramLabel = "NUMBER",
      description = "How many pictures, 1 to 16.")
  private Integer n;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = SizeConverter.class,
      description = "Pixels (default: the model's).")
  private Size size;

  @Option(names = "--class", paramLabel = "NUMBER", description = "Of models that know classes.")
  private Integer classLabel;

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

  @Option(
      names = "--json",
      description = "On standard output a JSON object in a line for each picture, for programs.")
  private boolean json;

  @Mixin private DenoiserArguments denoiser;

  @Mixin private PriorArguments prior;

  @Mixin private ForkArguments fork;

  /** Pixels of a picture. */
  private record Size(int width, int height) {}

  Path out() {
    return out;
  }

  boolean json() {
    return json;
  }

  ForkArguments fork() {
    return fork;
  }

  /** The model that is meant, which decides on the instance. */
  ModelChoice choice() {
    return ModelChoice.of(
        model, loras.stream().map(GivenLora::of).toList(), refiner, prior.model());
  }

  /**
   * The part of a request that these options make.
   *
   * @param usualN how many pictures where the options do not say
   */
  GenerationRequest.Builder request(int usualN) {
    GenerationRequest.Builder request =
        GenerationRequest.newBuilder()
            .setNegativePrompt(negative)
            .setModel(choice().requested())
            .setN(n == null ? usualN : n)
            .setCancelOnDisconnect(true);
    set(seed, request::setSeed);
    set(size, pixels -> request.setWidth(pixels.width()).setHeight(pixels.height()));
    set(classLabel, request::setClassLabel);
    set(refiner, request::setRefinerModel);
    set(refinerStart, request::setRefinerStart);
    fork.apply(request);
    prior.apply(request);
    SamplingSettings settings = denoiser.settings();
    if (!settings.getAllFields().isEmpty()) {
      request.setDenoiser(settings);
    }
    return request;
  }

  static final class SizeConverter implements ITypeConverter<Size> {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

    @Override
    public Size convert(String text) {
      Matcher matcher = SIZE.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'%s' is not WIDTHxHEIGHT, such as 64x64".formatted(text));
      }
      return new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
  }
}
