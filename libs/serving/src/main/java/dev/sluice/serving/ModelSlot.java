package dev.sluice.serving;

import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.RequestNeeds;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.stage.work.InvalidTaskException;

/** How one model is at this stage. All fields are guarded by the {@link EngineShelf}'s monitor. */
final class ModelSlot<E extends StageEngine> {

  private static final long FOREVER = Long.MAX_VALUE;

  final String name;

  /** Of the files that all that follows is about; empty before they were looked at. */
  String stamp = "";

  ModelStatus.State state = ModelStatus.State.ON_DEMAND;
  String reason = "";
  private long forgetAt = FOREVER;

  /** Of LOADING and LOADED. */
  Loaded<E> loaded;

  ComponentLoading loading = ComponentLoading.getDefaultInstance();
  RequestNeeds needs;

  ModelSlot(String name) {
    this.name = name;
  }

  /** The model cannot be served as its files are. */
  void leaveOut(String why) {
    leaveOut(why, FOREVER);
  }

  /**
   * As {@link #leaveOut(String)}, to be tried again later.
   *
   * @param nanoTime when
   */
  void leaveOut(String why, long nanoTime) {
    state = ModelStatus.State.LEFT_OUT;
    reason = why;
    forgetAt = nanoTime;
    loaded = null;
  }

  /** Forgets what was temporary and is over. */
  void retryIfDue(long nanoTime) {
    if (state == ModelStatus.State.LEFT_OUT && forgetAt != FOREVER && nanoTime - forgetAt > 0) {
      reset();
    }
  }

  /** As when nobody has asked for the model yet. */
  void reset() {
    state = ModelStatus.State.ON_DEMAND;
    reason = "";
    forgetAt = FOREVER;
    loaded = null;
  }

  InvalidTaskException unusable() {
    return new InvalidTaskException(ErrorCode.MODEL_UNUSABLE, "model", reason);
  }

  ModelStatus status() {
    ModelStatus.Builder status = ModelStatus.newBuilder().setName(name).setState(state);
    switch (state) {
      case LOADING -> status.setLoading(loading);
      case LOADED ->
          status
              .setWeightBytes(loaded.weightBytes())
              .setPrecision(String.join(" and ", loaded.precisions));
      case LEFT_OUT -> status.setReason(reason);
      default -> {
        // Nothing more to be said.
      }
    }
    if (needs != null) {
      status.setNeeds(needs);
    }
    return status.build();
  }
}
