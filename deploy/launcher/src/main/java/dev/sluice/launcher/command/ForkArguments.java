package dev.sluice.launcher.command;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Origin;
import dev.sluice.contract.v1.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where a picture is kept on its way, and where another one begins. */
final class ForkArguments {

  @Option(
      names = "--keep",
      paramLabel = "STAGE",
      split = ",",
      converter = StageConverter.class,
      description = "Keep what text-encoder, prior or denoiser leave, to go on from with --from.")
  private List<Stage> keep = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "REQUEST/INDEX:STAGE",
      converter = OriginConverter.class,
      description =
          "Go on from what an earlier picture's stage left, with other settings or another --seed.")
  private Origin from;

  void apply(GenerationRequest.Builder request) {
    request.addAllKeep(keep);
    DenoiserArguments.set(from, request::setFrom);
  }

  /** What {@code --from} takes to go on from a picture, for each stage that was kept. */
  String kept(String requestId, int index) {
    return keep.stream()
        .map(stage -> "  kept as %s/%d:%s%n".formatted(requestId, index, Topics.name(stage)))
        .collect(Collectors.joining());
  }

  static final class StageConverter implements ITypeConverter<Stage> {

    @Override
    public Stage convert(String name) {
      return Stream.of(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER)
          .filter(stage -> Topics.name(stage).equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is none of text-encoder, prior, denoiser".formatted(name)));
    }
  }

  static final class OriginConverter implements ITypeConverter<Origin> {

    private static final Pattern PLACE =
        Pattern.compile("([A-Za-z0-9._-]{1,128})/([0-9]{1,9}):(.*)");

    @Override
    public Origin convert(String place) {
      Matcher parts = PLACE.matcher(place);
      if (!parts.matches()) {
        throw new TypeConversionException(
            "'%s' is not REQUEST/INDEX:STAGE, as --keep prints it".formatted(place));
      }
      return Origin.newBuilder()
          .setRequestId(parts.group(1))
          .setImageIndex(Integer.parseInt(parts.group(2)))
          .setStage(new StageConverter().convert(parts.group(3)))
          .build();
    }
  }
}
