package dev.sluice.trainer.lineage;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.local.LocalRun;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.planning.route.Sizes;
import dev.sluice.trainer.evaluate.GivenPictures;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.unclip.PrincipalComponents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Ramesh et al. 2022: what a prior is good for (section 5.1, figure 8), which one (table 1), and of
 * several of its embeddings the likeliest (section 2.2); guidance of the decoder, and what it costs
 * in variety (section 5.3); how much of a picture is in the first of an embedding's principal
 * components (figure 7); variations, interpolations and text diffs (figures 3 to 5).
 */
final class UnclipClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;
  private static final int WAYS = 4;
  private static final int STATIONS = 8;

  /** As the model that ships is sampled. */
  private static final double GUIDANCE = 2;

  private static final int ENLARGING = 7;

  /** How many pictures principal components are found of. */
  private static final int SEEN = 512;

  private static final List<Integer> COMPONENTS = List.of(4, 8, 16, 32, 64);
  private static final List<Integer> CANDIDATES = List.of(2, 4);
  private static final List<Double> CLIP_SCALES = List.of(1.0, 4.0, 16.0, 64.0);

  @Override
  public String name() {
    return "unclip";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-unclip");
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = HeldOut.of(setup);
    Path model = setup.models().resolve("shapes-unclip");
    int enlargements = Sizes.enlargements(ModelFolder.open(model));
    GenerationRequest wanted = wanted(setup, enlargements);
    LocalRun run = LocalRun.of(model);
    try (DecodedEmbeddings engines =
            new DecodedEmbeddings(
                model,
                Sampling.of(setup.mostSteps(), GUIDANCE),
                Collections.nCopies(enlargements, Sampling.ofSteps(enlarging(setup))));
        ServedPictures served = new ServedPictures(run, wanted, AT_ONCE)) {
      priors(setup, captions, engines, served);
      guidance(setup, captions, served);
      components(setup, captions, engines);
      variations(setup, captions, run, wanted);
      ways(setup, captions, run, wanted);
    }
  }

  /** What all requests have in common. */
  private static GenerationRequest wanted(Setup setup, int enlargements) {
    return GenerationRequest.newBuilder()
        .setDenoiser(sampling(setup, GUIDANCE))
        .addAllUpscaler(
            Collections.nCopies(
                enlargements, SamplingSettings.newBuilder().setSteps(enlarging(setup)).build()))
        .build();
  }

  /** As the model that ships is sampled, and not in more steps than its decoder. */
  private static int enlarging(Setup setup) {
    return Math.min(ENLARGING, setup.mostSteps());
  }

  private static SamplingSettings sampling(Setup setup, double guidance) {
    return SamplingSettings.newBuilder()
        .setSteps(setup.mostSteps())
        .setGuidanceScale(guidance)
        .build();
  }

  private static void priors(
      Setup setup, HeldOut captions, DecodedEmbeddings engines, ServedPictures served)
      throws IOException {
    Comparison compared = new Comparison(setup, captions, "unclip", "embedding of the picture");
    List<float[]> seen = captions.rendered(0).stream().map(engines::ofPicture).toList();
    List<float[]> said = captions.captions().stream().map(engines::ofText).toList();
    long seed = setup.seeds().get(0);
    compared.add("of a real picture", engines.pictures(captions.captions(), seen, seed));
    compared.add(
        "of the text, as long as a picture's",
        engines.pictures(captions.captions(), asLong(said, seen), seed));
    compared.add("diffusion prior", served(setup, captions, served, request -> {}));
    for (int candidates : CANDIDATES) {
      compared.add(
          "diffusion prior, the best of " + candidates,
          served(setup, captions, served, request -> request.setPriorCandidates(candidates)));
    }
    compared.add(
        "autoregressive prior",
        served(setup, captions, served, request -> request.setAutoregressivePrior(true)));
    compared.sheet.write(setup.out().resolve("unclip-priors.png"));
  }

  /** Scaled to the mean length of others. */
  private static List<float[]> asLong(List<float[]> vectors, List<float[]> others) {
    double wanted = others.stream().mapToDouble(UnclipClaim::length).average().orElse(1);
    return vectors.stream()
        .map(
            vector -> {
              float factor = (float) (wanted / length(vector));
              float[] scaled = new float[vector.length];
              for (int i = 0; i < scaled.length; i++) {
                scaled[i] = vector[i] * factor;
              }
              return scaled;
            })
        .toList();
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static List<float[]> served(
      Setup setup,
      HeldOut captions,
      ServedPictures served,
      Consumer<GenerationRequest.Builder> change) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (GenerationRequest one : captions.requests(sampling(setup, GUIDANCE), 0)) {
      GenerationRequest.Builder changed = one.toBuilder();
      change.accept(changed);
      requests.add(changed.build());
    }
    return served.answers(requests);
  }

  /**
   * Guidance by the network's own answer without the text, which costs a second row of the network;
   * and by CLIP's gradient (Nichol et al. 2022, "GLIDE", section 2.3), which costs a way back
   * through CLIP and, as GLIDE found (section 5.1), does less.
   */
  private static void guidance(Setup setup, HeldOut captions, ServedPictures served)
      throws IOException {
    Table table =
        new Table(
            setup.out().resolve("unclip-guidance.md"),
            "Two pictures each of %d captions that were held out of training, %d steps"
                .formatted(captions.count(), setup.mostSteps()),
            "scale of the decoder's guidance",
            "of CLIP's gradient",
            "all right (%)",
            "95 % interval",
            "distance of two of the same caption",
            "milliseconds a picture");
    for (double scale : setup.scales()) {
      guided(table, setup, captions, served, scale, 0);
    }
    for (double clip : CLIP_SCALES) {
      guided(table, setup, captions, served, 1, clip);
    }
  }

  private static void guided(
      Table table, Setup setup, HeldOut captions, ServedPictures served, double scale, double clip)
      throws IOException {
    SamplingSettings sampling = sampling(setup, scale).toBuilder().setClipScale(clip).build();
    ServedPictures.Timed timed = served.timed(captions.requests(sampling, 0));
    List<float[]> some = timed.pictures();
    List<float[]> others = served.answers(captions.requests(sampling, 1));
    Proportion right = captions.right(some).plus(captions.right(others));
    table.row(
        scale,
        clip,
        100 * right.share(),
        GlideClaim.interval(right),
        HeldOut.distance(some, others),
        timed.milliseconds());
  }

  /** Real pictures by the first components of their embeddings; the decoder is told no text. */
  private static void components(Setup setup, HeldOut captions, DecodedEmbeddings engines)
      throws IOException {
    Comparison compared =
        new Comparison(setup, captions, "unclip-components", "components of the embedding");
    List<float[]> real = captions.rendered(0);
    compared.sheet.add(HeldOut.first(real, SHOWN), SHOWN);
    List<String> untold = Collections.nCopies(captions.count(), "");
    List<float[]> seen =
        new HeldOut(SEEN, setup.seeds().get(0) + 1)
            .rendered(0).stream().map(engines::ofPicture).toList();
    List<float[]> shown = real.stream().map(engines::ofPicture).toList();
    long seed = setup.seeds().get(0);
    for (int count : COMPONENTS) {
      PrincipalComponents kept = PrincipalComponents.of(rows(seen), count);
      compared.add(
          "%d, %.1f %% of the variance".formatted(count, 100 * kept.explained()),
          engines.pictures(untold, shown.stream().map(kept::along).toList(), seed));
    }
    compared.add("all " + shown.get(0).length, engines.pictures(untold, shown, seed));
    compared.sheet.write(setup.out().resolve("unclip-components.png"));
  }

  private static HostTensor.Floats rows(List<float[]> vectors) {
    int width = vectors.get(0).length;
    float[] values = new float[vectors.size() * width];
    for (int row = 0; row < vectors.size(); row++) {
      System.arraycopy(vectors.get(row), 0, values, row * width, width);
    }
    return new HostTensor.Floats(values, vectors.size(), width);
  }

  /** Figure 3: a column for each picture, which is on top. */
  private static void variations(
      Setup setup, HeldOut captions, LocalRun run, GenerationRequest wanted) throws IOException {
    List<float[]> real = captions.rendered(0).subList(0, Math.min(SHOWN, captions.count()));
    PictureSheet sheet = new PictureSheet(real.size(), 2);
    sheet.add(HeldOut.first(real, SHOWN), SHOWN);
    List<List<float[]>> others = new ArrayList<>();
    for (float[] picture : real) {
      others.add(
          pictures(
              run,
              picture,
              wanted.toBuilder().setVariation(true).setSeed(setup.seeds().get(0)).setN(WAYS)));
    }
    for (int way = 0; way < WAYS; way++) {
      for (List<float[]> ofOne : others) {
        sheet.add(HeldOut.first(ofOne.subList(way, way + 1), 1), 1);
      }
    }
    sheet.write(setup.out().resolve("unclip-variations.png"));
  }

  /** Figures 4 and 5: a row each, from left to right. */
  private static void ways(Setup setup, HeldOut captions, LocalRun run, GenerationRequest wanted)
      throws IOException {
    List<float[]> real = captions.rendered(0);
    List<String> texts = captions.captions();
    PictureSheet between = new PictureSheet(STATIONS, 2);
    PictureSheet changed = new PictureSheet(STATIONS, 2);
    for (int way = 0; way < Math.min(WAYS, captions.count() - 1); way++) {
      float[] begin = real.get(way);
      add(between, run, wanted, setup, begin, GivenPictures.wayTo(real.get(way + 1)));
      add(
          changed,
          run,
          wanted,
          setup,
          begin,
          Interpolation.newBuilder()
              .setChange(Change.newBuilder().setFrom(texts.get(way)).setTo(texts.get(way + 1)))
              .build());
    }
    between.write(setup.out().resolve("unclip-interpolations.png"));
    changed.write(setup.out().resolve("unclip-text-diffs.png"));
  }

  private static void add(
      PictureSheet sheet,
      LocalRun run,
      GenerationRequest wanted,
      Setup setup,
      float[] begin,
      Interpolation way) {
    List<float[]> stations =
        pictures(
            run,
            begin,
            wanted.toBuilder().setInterpolation(way).setSeed(setup.seeds().get(0)).setN(STATIONS));
    sheet.add(HeldOut.first(stations, STATIONS), STATIONS);
  }

  private static List<float[]> pictures(
      LocalRun run, float[] begin, GenerationRequest.Builder request) {
    return run.generate(GivenPictures.in(request.build(), begin)).stream()
        .map(UnclipClaim::values)
        .toList();
  }

  private static float[] values(StageResult result) {
    return TensorMessages.floats(TensorNames.SAMPLE, result.getOutputsOrThrow(TensorNames.SAMPLE));
  }

  /** A table and a sheet, a row each for a way to come to pictures of the captions. */
  private static final class Comparison {

    private final HeldOut captions;
    private final Table table;
    final PictureSheet sheet = new PictureSheet(SHOWN, 2);

    Comparison(Setup setup, HeldOut captions, String name, String what) {
      this.captions = captions;
      this.table =
          new Table(
              setup.out().resolve(name + ".md"),
              "A picture of each of %d captions that were held out of training, %d steps"
                  .formatted(captions.count(), setup.mostSteps()),
              what,
              "all right (%)",
              "95 % interval",
              "colors on their shapes (%)");
    }

    void add(String way, List<float[]> pictures) throws IOException {
      Proportion right = captions.right(pictures);
      table.row(
          way,
          100 * right.share(),
          GlideClaim.interval(right),
          100 * captions.bound(pictures).share());
      sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
    }
  }
}
