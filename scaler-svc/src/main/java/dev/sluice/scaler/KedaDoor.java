package dev.sluice.scaler;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.keda.ExternalScalerGrpc;
import dev.sluice.contract.keda.GetMetricSpecResponse;
import dev.sluice.contract.keda.GetMetricsRequest;
import dev.sluice.contract.keda.GetMetricsResponse;
import dev.sluice.contract.keda.IsActiveResponse;
import dev.sluice.contract.keda.MetricSpec;
import dev.sluice.contract.keda.MetricValue;
import dev.sluice.contract.keda.ScaledObjectRef;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * KEDA's external scaler. The metric is the time that one replica would need for all that there is
 * to do, and its target the time for each replica, so that a stage is given as many replicas as are
 * done with it in that time. While the broker does not answer there are no figures and calls fail,
 * upon which KEDA leaves replicas as they are: none would be the worst answer.
 */
@GrpcService
class KedaDoor extends ExternalScalerGrpc.ExternalScalerImplBase {

  private final Function<Pool, Optional<Figures>> figures;
  private final Pools pools;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

  /** Somebody who is told of changes. */
  private final class Subscription {
    private final Trigger trigger;
    private final ServerCallStreamObserver<IsActiveResponse> call;
    private Boolean told;

    Subscription(Trigger trigger, ServerCallStreamObserver<IsActiveResponse> call) {
      this.trigger = trigger;
      this.call = call;
    }

    synchronized void tell() {
      Optional<Boolean> active = figures.apply(trigger.pool()).map(trigger::isActive);
      if (active.isPresent() && !active.get().equals(told) && !call.isCancelled()) {
        told = active.get();
        call.onNext(IsActiveResponse.newBuilder().setResult(told).build());
      }
    }
  }

  @Inject
  KedaDoor(ScalerService service) {
    this(service::figures, service.pools());
    service.onChange(this::tellOfChanges);
  }

  /**
   * @param figures of a pool; empty while they are not known
   * @param pools that there are
   */
  KedaDoor(Function<Pool, Optional<Figures>> figures, Pools pools) {
    this.figures = figures;
    this.pools = pools;
  }

  /** Figures have changed. */
  void tellOfChanges() {
    subscriptions.forEach(Subscription::tell);
  }

  @Override
  public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
    answer(
        observer,
        () -> {
          Trigger trigger = trigger(request);
          return IsActiveResponse.newBuilder()
              .setResult(trigger.isActive(known(trigger.pool())))
              .build();
        });
  }

  @Override
  public void streamIsActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
    Subscription subscription;
    try {
      subscription =
          new Subscription(trigger(request), (ServerCallStreamObserver<IsActiveResponse>) observer);
    } catch (StatusRuntimeException e) {
      observer.onError(e);
      return;
    }
    subscription.call.setOnCancelHandler(() -> subscriptions.remove(subscription));
    subscriptions.add(subscription);
    subscription.tell();
  }

  @Override
  public void getMetricSpec(
      ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> observer) {
    answer(
        observer,
        () -> {
          Trigger trigger = trigger(request);
          return GetMetricSpecResponse.newBuilder()
              .addMetricSpecs(
                  MetricSpec.newBuilder()
                      .setMetricName(trigger.metricName())
                      .setTargetSize(whole(trigger.secondsPerReplica()))
                      .setTargetSizeFloat(trigger.secondsPerReplica()))
              .build();
        });
  }

  @Override
  public void getMetrics(GetMetricsRequest request, StreamObserver<GetMetricsResponse> observer) {
    answer(
        observer,
        () -> {
          Trigger trigger = trigger(request.getScaledObjectRef());
          // KEDA numbers the metrics of a ScaledObject: s0-...
          String wanted = request.getMetricName().replaceFirst("^s\\d+-", "");
          if (!wanted.equals(trigger.metricName())) {
            throw Status.INVALID_ARGUMENT
                .withDescription(
                    "there is no metric %s of this trigger; it is %s"
                        .formatted(request.getMetricName(), trigger.metricName()))
                .asRuntimeException();
          }
          double seconds = trigger.metric(known(trigger.pool()));
          return GetMetricsResponse.newBuilder()
              .addMetricValues(
                  MetricValue.newBuilder()
                      .setMetricName(trigger.metricName())
                      .setMetricValue(whole(seconds))
                      .setMetricValueFloat(seconds))
              .build();
        });
  }

  /** For those who know whole numbers only: a little work is not none. */
  private static long whole(double seconds) {
    return (long) Math.ceil(seconds);
  }

  private Trigger trigger(ScaledObjectRef object) {
    try {
      return Trigger.of(object.getScalerMetadataMap(), pools);
    } catch (IllegalArgumentException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
    }
  }

  private Figures known(Pool pool) {
    return figures
        .apply(pool)
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription(
                        "how much waits for the %s is not known: Kafka does not answer, or the scaler has just begun"
                            .formatted(pool.label()))
                    .asRuntimeException());
  }

  private static <A> void answer(StreamObserver<A> observer, Supplier<A> answer) {
    A answered;
    try {
      answered = answer.get();
    } catch (StatusRuntimeException e) {
      observer.onError(e);
      return;
    }
    observer.onNext(answered);
    observer.onCompleted();
  }
}
