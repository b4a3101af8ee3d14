package dev.sluice.trainer.lineage;

import dev.sluice.networks.graph.OpThreads;
import dev.sluice.planning.request.RequestException;
import dev.sluice.trainer.data.DataException;
import dev.sluice.trainer.fashion.FashionClassifier;
import dev.sluice.trainer.recipe.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice lineage}: what published systems claim, tried in miniature. */
@Command(
    name = "lineage",
    mixinStandardHelpOptions = true,
    description = {
      "Compare what published systems claim, in miniature: trains the arms, samples and measures"
          + " them, and writes tables and sheets.",
      "What was trained before is taken as it is."
    })
public final class LineageCommand implements Callable<Integer> {

  private static final List<Claim> CLAIMS =
      List.of(
          new DdpmClaim(),
          new DdimClaim(),
          new AdmClaim(),
          new GlideClaim(),
          new GlideInpaintingClaim(),
          new UnclipClaim(),
          new ImagenClaim(),
          new Imagen64Claim(),
          new LdmClaim(),
          new DitClaim(),
          new TurboClaim(),
          new SdxlClaim(),
          new SdsClaim(),
          new VqClaim(),
          new Sd3Claim(),
          new SystemsClaim());

  private static final int QUICK_SAMPLES = 120;
  private static final List<Integer> QUICK_SAMPLE_STEPS = List.of(10, 20);

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "CLAIM",
      arity = "0..1",
      description =
          "ddpm, ddim, adm, glide, glide-inpainting, unclip, imagen, imagen-64, ldm, dit, turbo, sdxl, sds, vq, sd3,"
              + " or systems: all that draw the shapes world, side by side. Each samples the models of its name. Without one, all"
              + " of them whose models are there.")
  private String name;

  @Option(
      names = "--quick",
      description =
          "Without training and with few samples, unless options below say otherwise: what the"
              + " models that ship show within an hour.")
  private boolean quick;

  @Option(names = "--data", paramLabel = "DIR", description = "The folder of Fashion-MNIST.")
  private Path data;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      defaultValue = "models",
      description = "Where the trained models lie (default: ${DEFAULT-VALUE}).")
  private Path models;

  @Option(
      names = "--classifier",
      paramLabel = "DIR",
      defaultValue = FashionClassifier.FOLDER,
      description = "In whose features samples are measured (default: ${DEFAULT-VALUE}).")
  private Path classifier;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = ".sluice/lineage",
      description = "What is trained for comparisons (default: ${DEFAULT-VALUE}).")
  private Path work;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "docs/lineage",
      description = "Where tables and sheets go (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--steps",
      defaultValue = "2000",
      description = "Steps of an arm's training; 0 for no arms (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--seeds",
      split = ",",
      defaultValue = "1",
      description = "Seeds, each an arm of its own (default: ${DEFAULT-VALUE}).")
  private List<Integer> seeds;

  @Option(
      names = "--samples",
      defaultValue = "1000",
      description = "Samples of each arm, at least 10 (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--sample-steps",
      split = ",",
      defaultValue = "100",
      description = "Steps of sampling, ascending; of several, a grid (default: ${DEFAULT-VALUE}).")
  private List<Integer> sampleSteps;

  @Option(
      names = "--scales",
      split = ",",
      defaultValue = "1,2,3,5,8",
      description =
          "Scales of classifier-free guidance, ascending, of glide, unclip's decoder, imagen, vq and sds; of turbo's"
              + " teacher, of ldm, of sdxl, of sd3 and of what vq is compared with, the last (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Double> scales;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One value of all arms' recipes, in place of what they have.")
  private List<String> settings = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    Optional<Claim> named = CLAIMS.stream().filter(known -> known.name().equals(name)).findFirst();
    if (name != null && named.isEmpty()) {
      spec.commandLine()
          .getErr()
          .printf(
              "sluice: no claim %s; there are %s%n",
              name, CLAIMS.stream().map(Claim::name).toList());
      return 2;
    }
    OpThreads.set(1);
    Setup setup = setup();
    try {
      for (Claim claim : named.map(List::of).orElse(CLAIMS)) {
        if (named.isPresent() || isPossible(claim, setup)) {
          claim.run(setup);
        }
      }
    } catch (DataException | RecipeException | RequestException | IllegalArgumentException e) {
      spec.commandLine().getErr().println("sluice: " + e.getMessage());
      return 2;
    }
    return 0;
  }

  private Setup setup() {
    if (quick) {
      steps = isGiven("--steps") ? steps : 0;
      samples = isGiven("--samples") ? samples : QUICK_SAMPLES;
      sampleSteps = isGiven("--sample-steps") ? sampleSteps : QUICK_SAMPLE_STEPS;
    }
    return new Setup(
        Optional.ofNullable(data),
        models,
        classifier,
        work,
        out,
        steps,
        seeds,
        Math.max(10, samples),
        sampleSteps,
        scales,
        settings);
  }

  private boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  private boolean isPossible(Claim claim, Setup setup) {
    List<String> missing =
        claim.models().stream()
            .filter(model -> !Files.isDirectory(setup.models().resolve(model)))
            .toList();
    if (!missing.isEmpty()) {
      spec.commandLine()
          .getErr()
          .printf("%s is left out: %s has no %s%n", claim.name(), models, missing);
    } else if (setup.steps() == 0 && !claim.goesWithoutArms()) {
      spec.commandLine().getErr().printf("%s is left out: all of it is training%n", claim.name());
      return false;
    }
    return missing.isEmpty();
  }
}
