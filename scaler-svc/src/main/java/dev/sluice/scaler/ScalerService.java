package dev.sluice.scaler;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.Topics;
import dev.sluice.stage.StageConfig;
import dev.sluice.stage.StagePools;
import dev.sluice.stage.kafka.KafkaSettings;
import dev.sluice.stage.process.FatalLine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Default;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the accounts as long as the process lives. Ready when the figures of all pools are known.
 */
@Default // to be injected as what it is, besides being found as a check
@Readiness
@ApplicationScoped
public class ScalerService implements HealthCheck {

  private static final Logger LOG = LoggerFactory.getLogger(ScalerService.class);

  private final StageConfig settings;
  private final Pools pools;
  private final ScalerSettings own;
  private final Config config;
  private final MeterRegistry metrics;
  private volatile Runnable listener = () -> {};
  private volatile Accounts accounts;
  private volatile boolean stopped;

  @Inject
  ScalerService(StageConfig settings, ScalerSettings own, Config config, MeterRegistry metrics) {
    this.settings = settings;
    this.pools = StagePools.of(settings);
    this.own = own;
    this.config = config;
    this.metrics = metrics;
  }

  void start(@Observes StartupEvent event) {
    pools.all().forEach(this::measure);
    // Kafka may still be starting; meanwhile the process answers that it is not ready.
    Thread opener = new Thread(this::open, "scaler-opener");
    opener.setDaemon(true);
    opener.start();
  }

  private void open() {
    try {
      Accounts opened =
          new Accounts(
              KafkaSettings.of(config),
              pools,
              settings.lock(),
              own.assumedTaskTime(),
              () -> listener.run());
      synchronized (this) {
        accounts = opened;
        if (stopped) {
          opened.close();
        }
      }
    } catch (Throwable e) {
      // An error, too: with this thread the process would lose what it is there for.
      if (!stopped) {
        LOG.error("The scaler could not be started", e);
        LOG.error(FatalLine.of(e));
        Quarkus.asyncExit(1);
      }
    }
  }

  private void measure(Pool pool) {
    Gauge.builder("sluice.queue.tasks", value(pool, Figures::tasksWaiting))
        .description("Tasks of a stage, waiting or in work")
        .tag("stage", Topics.name(pool.stage()))
        .tag("pool", pool.name())
        .tag("state", "waiting")
        .register(metrics);
    Gauge.builder("sluice.queue.tasks", value(pool, Figures::tasksInWork))
        .tag("stage", Topics.name(pool.stage()))
        .tag("pool", pool.name())
        .tag("state", "working")
        .register(metrics);
    Gauge.builder("sluice.queue.work", value(pool, Figures::workWaiting))
        .description("Declared work of a stage's tasks in row steps, waiting or in work")
        .tag("stage", Topics.name(pool.stage()))
        .tag("pool", pool.name())
        .tag("state", "waiting")
        .register(metrics);
    Gauge.builder("sluice.queue.work", value(pool, Figures::workInWork))
        .tag("stage", Topics.name(pool.stage()))
        .tag("pool", pool.name())
        .tag("state", "working")
        .register(metrics);
    Gauge.builder("sluice.queue.seconds", value(pool, Figures::seconds))
        .description("How long one replica would work on all that there is to do")
        .tag("stage", Topics.name(pool.stage()))
        .tag("pool", pool.name())
        .register(metrics);
    Gauge.builder("sluice.queue.age.seconds", value(pool, one -> one.oldest().toMillis() / 1000.0))
        .description("How long the oldest task has been on its topic")
        .tag("stage", Topics.name(pool.stage()))
        .tag("pool", pool.name())
        .register(metrics);
    Gauge.builder("sluice.replica.rate", value(pool, Figures::rate))
        .description("Row steps that a replica does in a second, by its latest work")
        .tag("stage", Topics.name(pool.stage()))
        .tag("pool", pool.name())
        .register(metrics);
  }

  /** NaN while it is not known. */
  private Supplier<Number> value(Pool pool, ToDoubleFunction<Figures> of) {
    return () -> figures(pool).map(of::applyAsDouble).orElse(Double.NaN);
  }

  /** A pool's figures; empty while they are not known. */
  Optional<Figures> figures(Pool pool) {
    return Optional.ofNullable(accounts).flatMap(open -> open.of(pool));
  }

  /** All pools that there are. */
  Pools pools() {
    return pools;
  }

  /**
   * @param changed called when figures have changed; quick
   */
  void onChange(Runnable changed) {
    listener = changed;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("scaler")
        .status(pools.all().stream().allMatch(pool -> figures(pool).isPresent()))
        .build();
  }

  synchronized void stop(@Observes ShutdownEvent event) {
    stopped = true;
    if (accounts != null) {
      accounts.close();
    }
  }
}
