package dev.sluice.local;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.LabelledWork;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageLoading;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestException;
import dev.sluice.serving.Engines;
import dev.sluice.serving.stages.DenoiserStage;
import dev.sluice.serving.stages.PriorStage;
import dev.sluice.serving.stages.TextEncoderStage;
import dev.sluice.serving.stages.UpscalerStage;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.Routing;
import dev.sluice.stage.work.StageModule;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageStoppedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Makes a model's pictures in this process: requests are planned as at the gateway, and their tasks
 * pass the stages that the services run, from hand to hand. A service's settings hold here too, as
 * the environment has them. Safe for use by several threads at once; those who ask at the same time
 * share network calls.
 */
public final class LocalRun implements AutoCloseable {

  /** In the recipes of pictures, in place of a service's version. */
  private static final String VERSION = "local";

  private final LocalSettings settings;
  private final MeterRegistry metrics = new SimpleMeterRegistry();
  private final RoutePlanner planner;
  private final Map<Stage, StageRuntime> stages = new EnumMap<>(Stage.class);
  private final List<Engines<?>> opened = new ArrayList<>();

  private LocalRun(ModelLink model, LocalSettings settings) {
    this.settings = settings;
    this.planner =
        new RoutePlanner(
            new ModelCatalog(model.root()),
            model.name(),
            new RecipeWriter(new ModelDigests(), VERSION),
            (tenant, from) -> Optional.empty());
  }

  /**
   * Takes a model; its networks begin to be loaded.
   *
   * @param model the folder of a model of any name
   */
  public static LocalRun of(Path model) {
    ModelLink link = ModelLink.to(model);
    LocalSettings settings =
        LocalSettings.with(
            Map.of("sluice.models", link.root().toString(), "sluice.serving.preload", link.name()));
    LocalRun run = new LocalRun(link, settings);
    run.open(TextEncoderStage::new);
    run.open(PriorStage::new);
    run.open(DenoiserStage::new);
    run.open(UpscalerStage::new);
    return run;
  }

  private <E extends StageEngine> void open(Function<Engines<E>, StageModule> stage) {
    Engines<E> engines = new Engines<>(settings.stage(), settings.serving(), metrics);
    opened.add(engines);
    StageModule module = stage.apply(engines);
    Payloads payloads = new Payloads(new NoBlobs(), Integer.MAX_VALUE);
    stages.put(
        module.stage(),
        new StageRuntime(module.stage(), module.open(), payloads, new CancelledWork(), metrics));
  }

  /**
   * Makes a request's pictures, one after the other.
   *
   * @param request one that names no model means the one that is here
   * @return for each picture what its last stage made: the image, its tensor {@code sample} of
   *     shape {@code [1, 3, height, width]} with values that may lie a little outside of [-1, 1],
   *     and in the header how long each stage took
   * @throws RequestException if the request is not valid, as at the gateway
   * @throws InvalidTaskException if a stage cannot do what it is asked for
   * @throws StageStoppedException if this thread is interrupted
   */
  public List<StageResult> generate(GenerationRequest request) {
    if (Thread.currentThread().isInterrupted()) {
      throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
    }
    Timestamp now = Timestamps.fromMillis(System.currentTimeMillis());
    LabelledWork work =
        LabelledWork.newBuilder().setWorkId(UUID.randomUUID().toString()).setCreatedAt(now).build();
    GenerationPlan plan = planner.plan(request, now).as(work);
    List<StageResult> pictures = new ArrayList<>();
    for (int i = 0; i < plan.images(); i++) {
      pictures.add(run(Routing.task(plan.headerOf(i), plan.inputs(), plan.routeOf(i))));
    }
    return pictures;
  }

  private StageResult run(Task first) {
    Task task = first;
    while (true) {
      StageResult result = stages.get(task.getStep().getStage()).run(task, new Here());
      if (task.getRouteCount() == 0) {
        return result;
      }
      task = Routing.next(task, result.getHeader(), result.getOutputsMap());
    }
  }

  /** Who waits on this thread, and looks at nothing meanwhile. */
  private static final class Here implements StageRuntime.Caller {

    @Override
    public void progress(int step, int total) {}

    @Override
    public void preview(int step, byte[] png) {}

    @Override
    public void loading(StageLoading loading) {}

    @Override
    public Runnable leaveSlot() {
      return () -> {};
    }

    @Override
    public Optional<StageStoppedException.Reason> stopped() {
      return Thread.currentThread().isInterrupted()
          ? Optional.of(StageStoppedException.Reason.SHUTDOWN)
          : Optional.empty();
    }
  }

  /** Frees the networks; nothing may be under way. */
  @Override
  public void close() {
    opened.forEach(Engines::close);
    metrics.close();
  }
}
