package dev.sluice.launcher.scaling;

import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.autoscaling.ScaledObjects;
import dev.sluice.contract.Stages;
import dev.sluice.contract.Topics;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Which stages are scaled on their work, and by which ScaledObjects. */
public final class ScaleArguments {

  private static final Pattern CHOICE =
      Pattern.compile("([a-z-]+)(?:=(\\d{1,3})\\.\\.(\\d{1,3}))?");

  @Option(
      names = "--scale",
      paramLabel = "STAGE[=MIN..MAX]",
      description = {
        "Give a stage as many processes as it has work for, by the rules and settings that scale",
        "it on a cluster: denoiser=0..3, say. May be given several times."
      })
  private List<String> choices = List.of();

  @Option(
      names = "--scaled-objects",
      paramLabel = "FILE",
      description = {
        "The ScaledObjects to scale by, as YAML; what `kubectl kustomize OVERLAY` prints will do",
        "(default: those that ship in deploy/kubernetes/components/keda)."
      })
  private Path file;

  /**
   * Whether any is.
   *
   * @throws LaunchException if it is said how, and of none
   */
  public boolean isGiven() {
    if (choices.isEmpty() && file != null) {
      throw new LaunchException(
          "--scaled-objects says how stages are scaled; say which by --scale, denoiser=0..3 say");
    }
    return !choices.isEmpty();
  }

  /**
   * Between which numbers each is scaled, and how fast.
   *
   * @param shipped the folder of the ScaledObjects that ship
   * @return by the stage's name
   * @throws LaunchException if a choice cannot be followed
   */
  public Map<String, ScaledObject.Spec> stages(Path shipped) {
    Map<String, ScaledObject> objects = objects(shipped);
    Map<String, ScaledObject.Spec> scaled = new TreeMap<>();
    for (String choice : choices) {
      Matcher matcher = CHOICE.matcher(choice);
      if (!matcher.matches()) {
        throw new LaunchException(
            "--scale %s is not understood; give a stage and how many processes it may have, denoiser=0..3 say"
                .formatted(choice));
      }
      String stage = matcher.group(1);
      ScaledObject.Spec spec = object(objects, stage).spec();
      if (matcher.group(2) != null) {
        int least = Integer.parseInt(matcher.group(2));
        int most = Integer.parseInt(matcher.group(3));
        if (most < 1 || least > most) {
          throw new LaunchException(
              "--scale %s: the second number is the most, at least 1 and no less than the first"
                  .formatted(choice));
        }
        spec = spec.between(least, most);
      }
      if (scaled.put(stage, spec) != null) {
        throw new LaunchException("--scale names the stage %s twice".formatted(stage));
      }
    }
    return scaled;
  }

  private ScaledObject object(Map<String, ScaledObject> objects, String stage) {
    List<String> stages = Stages.ALL.stream().map(Topics::name).toList();
    if (!stages.contains(stage)) {
      throw new LaunchException(
          "--scale %s: there is no such stage; give one of %s"
              .formatted(stage, String.join(", ", stages)));
    }
    ScaledObject object = objects.get(stage);
    if (object == null) {
      throw new LaunchException(
          "%s has no ScaledObject whose target is %s; it has %s"
              .formatted(
                  file,
                  stage,
                  objects.keySet().stream().sorted().collect(Collectors.joining(", "))));
    }
    return object;
  }

  private Map<String, ScaledObject> objects(Path shipped) {
    try {
      if (file != null) {
        return ScaledObjects.of(file);
      }
      return ScaledObjects.patched(shipped.resolve("scale.yaml"), shipped.resolve("behavior.yaml"));
    } catch (IllegalArgumentException e) {
      throw new LaunchException(e.getMessage(), e);
    } catch (IOException e) {
      throw new LaunchException("ScaledObjects cannot be read: " + e, e);
    }
  }
}
