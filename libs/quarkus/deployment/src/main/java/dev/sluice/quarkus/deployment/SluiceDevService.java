package dev.sluice.quarkus.deployment;

import io.quarkus.deployment.IsDevServicesSupportedByLaunchMode;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.builditem.CuratedApplicationShutdownBuildItem;
import io.quarkus.deployment.builditem.DevServicesResultBuildItem;
import io.quarkus.deployment.builditem.DevServicesResultBuildItem.RunningDevService;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.dev.devservices.DevServicesConfig;
import io.quarkus.runtime.configuration.ConfigUtils;
import java.util.List;
import java.util.Map;

/**
 * Starts a Sluice beside an application that is developed or tested, and points LangChain4j's
 * OpenAI models at it; unless the application says itself where those are.
 */
public class SluiceDevService {

  private static final String FEATURE = "sluice";

  private static final String BASE_URL = "quarkus.langchain4j.openai.base-url";
  private static final String API_KEY = "quarkus.langchain4j.openai.api-key";

  /** What runs, over the reloads of an application. */
  private static volatile Started started;

  private record Started(List<Object> asked, SluiceProcess process) {}

  /** Says at the application's start that it is there. */
  @BuildStep
  FeatureBuildItem feature() {
    return new FeatureBuildItem(FEATURE);
  }

  /** Starts it before the application, unless it runs as asked already. */
  @BuildStep(onlyIf = {IsDevServicesSupportedByLaunchMode.class, DevServicesConfig.Enabled.class})
  void start(
      SluiceDevServiceConfig config,
      CuratedApplicationShutdownBuildItem end,
      BuildProducer<DevServicesResultBuildItem> services) {
    boolean wanted = config.enabled() && !ConfigUtils.isPropertyNonEmpty(BASE_URL);
    List<Object> asked = List.of(config.home(), config.models());
    if (started != null && !(wanted && started.asked().equals(asked))) {
      stop();
    }
    if (!wanted) {
      return;
    }
    if (started == null) {
      started = new Started(asked, SluiceProcess.start(config));
      end.addCloseTask(SluiceDevService::stop, true);
    }
    SluiceProcess process = started.process();
    services.produce(
        new RunningDevService(
                FEATURE,
                null,
                SluiceDevService::stop,
                Map.of(
                    BASE_URL,
                    process.openAi(),
                    // Any will do, and clients insist on one.
                    API_KEY,
                    "none",
                    "sluice.openai",
                    process.openAi(),
                    "sluice.grpc",
                    process.grpc(),
                    "sluice.kafka",
                    process.kafka()))
            .toBuildItem());
  }

  private static void stop() {
    Started last = started;
    started = null;
    if (last != null) {
      last.process().close();
    }
  }
}
