package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.GenerationRequest;

/** What the picture is to show, said in the way that the model understands. */
final class Subject implements Feature {

  @Override
  public void check(Asked asked) {
    GenerationRequest request = asked.request();
    boolean words = asked.can(Ability.TEXT);
    boolean walks = Interpolated.isBetweenEmbeddings(request) && asked.hasImage();
    if (words && !asked.varies() && !walks && request.getPrompt().isBlank()) {
      throw asked.refused("prompt", "The prompt is empty; say what the picture shows.");
    }
    if (!words && !request.getPrompt().isEmpty()) {
      throw asked.refused("prompt", "Model %s understands no words; leave the prompt out.");
    }
    checkClass(asked, classes(asked));
  }

  private static void checkClass(Asked asked, int classes) {
    GenerationRequest request = asked.request();
    if (classes > 0 && !request.hasClassLabel()) {
      throw asked.refused(
          "class_label", "Model %s shows classes of things; give one from 0 to %d.", classes - 1);
    }
    if (request.hasClassLabel() && classes == 0) {
      throw asked.refused("class_label", "Model %s knows no classes; leave the class label out.");
    }
    if (request.hasClassLabel() && Integer.compareUnsigned(request.getClassLabel(), classes) >= 0) {
      throw asked.refused(
          "class_label",
          "The class label is %2$s; model %1$s knows 0 to %3$d.",
          Integer.toUnsignedString(request.getClassLabel()),
          classes - 1);
    }
  }

  /** How many classes a request may choose from; 0 if it has no use for one. */
  private static int classes(Asked asked) {
    int own = asked.can(Ability.CLASSES) ? asked.model().classes() : 0;
    if (!(asked.request().getDenoiser().getClassifierScale() > 0)) {
      return own;
    }
    int judged = asked.model().classifierClasses();
    if (judged == 0) {
      throw asked.refused(
          "denoiser.classifier_scale",
          "Model %s has no classifier beside it; leave the scale out.");
    }
    return own == 0 ? judged : Math.min(own, judged);
  }
}
