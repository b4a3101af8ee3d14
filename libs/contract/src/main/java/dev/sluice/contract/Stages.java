package dev.sluice.contract;

import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.TaskProto;
import java.util.List;
import java.util.stream.Stream;

/** What the contract says of its stages. */
public final class Stages {

  /** Every stage, in the order in which pictures pass them. */
  public static final List<Stage> ALL = Stream.of(Stage.values()).filter(Stages::isKnown).toList();

  private Stages() {}

  /**
   * Whether the stage makes the picture itself, so that a route can end there.
   *
   * @return false of what is no stage, too
   */
  public static boolean makesImage(Stage stage) {
    return isKnown(stage)
        && stage.getValueDescriptor().getOptions().getExtension(TaskProto.makesImage);
  }

  /**
   * Refuses what a message may say where it names no stage.
   *
   * @throws IllegalArgumentException if it does
   */
  static void requireKnown(Stage stage) {
    if (!isKnown(stage)) {
      throw new IllegalArgumentException("not a stage: " + stage);
    }
  }

  private static boolean isKnown(Stage stage) {
    return stage != Stage.STAGE_UNSPECIFIED && stage != Stage.UNRECOGNIZED;
  }
}
