package dev.sluice.gateway;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.gateway.config.GatewaySettings;
import dev.sluice.gateway.config.KafkaAddress;
import dev.sluice.gateway.door.kafka.RequestDoor;
import dev.sluice.gateway.pending.Generations;
import dev.sluice.gateway.pending.ReplyListener;
import dev.sluice.gateway.work.AcceptedWorks;
import dev.sluice.gateway.work.Admission;
import dev.sluice.gateway.work.WorkRegistry;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.stage.StageConfig;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.process.FatalLine;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.status.StatusTexts;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the Kafka door and the way back for the others, and closes them again. Ready when requests
 * are taken and no reply can be missed.
 */
@Readiness
@ApplicationScoped
class Gateway implements HealthCheck {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final String GROUP = "sluice-gateway";

  private final KafkaAddress kafka;
  private final StageConfig settings;
  private final GatewaySettings own;
  private final RoutePlanner planner;
  private final Outbox outbox;
  private final WorkRegistry works;
  private final Admission admission;
  private final Generations generations;
  private final StatusBoard workers;
  private final AcceptedWorks accepted;
  private volatile Doors doors;
  private volatile boolean stopped;

  Gateway(
      KafkaAddress kafka,
      StageConfig settings,
      GatewaySettings own,
      RoutePlanner planner,
      Outbox outbox,
      WorkRegistry works,
      Admission admission,
      Generations generations,
      StatusBoard workers,
      AcceptedWorks accepted) {
    this.kafka = kafka;
    this.settings = settings;
    this.own = own;
    this.planner = planner;
    this.outbox = outbox;
    this.works = works;
    this.admission = admission;
    this.generations = generations;
    this.workers = workers;
    this.accepted = accepted;
  }

  private record Doors(ReplyListener replies, ShareGroupWorker requests) {

    boolean areReady() {
      return replies.isReady() && requests.isReady();
    }

    void close() {
      requests.close();
      replies.close();
    }
  }

  void start(@Observes StartupEvent event) {
    // Kafka may still be starting; meanwhile the process answers that it is not ready.
    Thread opener = new Thread(this::open, "gateway-opener");
    opener.setDaemon(true);
    opener.start();
  }

  private void open() {
    try {
      GroupSetup.prepare(kafka.settings(), GROUP, Topics.REQUESTS, settings.lock());
      doors =
          new Doors(
              new ReplyListener(kafka.settings(), generations, workers, accepted),
              new ShareGroupWorker(
                  kafka.settings(),
                  GROUP,
                  Topics.REQUESTS,
                  own.slots(),
                  new RequestDoor(planner, works, admission, outbox)));
    } catch (Throwable e) {
      // An error, too: with this thread the process would lose what it is there for.
      if (!stopped) {
        LOG.error("The gateway could not be started", e);
        LOG.error(FatalLine.of(e));
        Quarkus.asyncExit(1);
      }
    }
  }

  @Override
  public HealthCheckResponse call() {
    Doors open = doors;
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("gateway").status(open != null && open.areReady());
    workers.workers().forEach(worker -> describe(worker, response));
    return response.build();
  }

  /** Stages that have no worker are not there; that they may come is no fault of the gateway's. */
  private static void describe(StageStatus worker, HealthCheckResponseBuilder response) {
    response.withData(
        worker.getWorker(),
        (worker.getReady() ? "ready" : "not ready")
            + ", memory "
            + StatusTexts.of(worker.getMemory()));
    for (ModelStatus model : worker.getModelsList()) {
      response.withData(worker.getWorker() + " model " + model.getName(), StatusTexts.of(model));
    }
  }

  void stop(@Observes ShutdownEvent event) {
    stopped = true;
    Doors open = doors;
    if (open != null) {
      open.close();
    }
  }
}
