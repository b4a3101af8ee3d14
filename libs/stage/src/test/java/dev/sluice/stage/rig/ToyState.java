package dev.sluice.stage.rig;

import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.status.Neighbours;
import dev.sluice.stage.status.StageState;
import java.util.function.Consumer;

/** A stage that is as a test says; at first it loads a model. */
public final class ToyState implements StageState {

  private volatile ModelStatus model = loading(1_200_000_000L);
  private volatile Runnable listener = () -> {};
  private volatile Consumer<String> full = reason -> {};

  public static ModelStatus loading(long bytes) {
    return ModelStatus.newBuilder()
        .setName("sd15")
        .setState(ModelStatus.State.LOADING)
        .setLoading(
            ComponentLoading.newBuilder()
                .setComponent("unet")
                .setBytes(bytes)
                .setTotal(1_700_000_000L))
        .build();
  }

  public static ModelStatus in(ModelStatus.State state) {
    return ModelStatus.newBuilder().setName("sd15").setState(state).build();
  }

  public void set(ModelStatus changed) {
    model = changed;
    listener.run();
  }

  @Override
  public void describe(StageStatus.Builder status) {
    status.addModels(model);
    status.setMemory(MemoryStatus.newBuilder().setUsed(1_200_000_000L).setBudget(6_000_000_000L));
  }

  /** As when memory runs out. */
  public void runFull(String reason) {
    full.accept(reason);
  }

  @Override
  public void meet(Neighbours neighbours) {
    // It has nothing to let go of.
  }

  @Override
  public void onFull(Consumer<String> listener) {
    full = listener;
  }

  @Override
  public void onChange(Runnable changed) {
    listener = changed;
  }
}
