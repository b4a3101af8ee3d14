package dev.sluice.launcher.scaling;

import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.autoscaling.Scaler;
import dev.sluice.contract.keda.ExternalScalerGrpc;
import dev.sluice.contract.keda.ExternalScalerGrpc.ExternalScalerBlockingStub;
import dev.sluice.contract.keda.GetMetricsRequest;
import dev.sluice.contract.keda.MetricSpec;
import dev.sluice.contract.keda.ScaledObjectRef;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/** Asks an external scaler over gRPC, as KEDA does for the trigger of a ScaledObject. */
final class KedaClient implements Scaler {

  /** Who asks looks after processes meanwhile. */
  private static final long PATIENCE_SECONDS = 2;

  private final Channel channel;
  private final ScaledObjectRef object;

  /**
   * @param channel to the scaler; what the trigger says of its address is a cluster's
   */
  KedaClient(Channel channel, String name, ScaledObject.Trigger trigger) {
    this.channel = channel;
    this.object =
        ScaledObjectRef.newBuilder().setName(name).putAllScalerMetadata(trigger.metadata()).build();
  }

  /**
   * @throws StatusRuntimeException if it does not answer
   */
  @Override
  public boolean isActive() {
    return stub().isActive(object).getResult();
  }

  @Override
  public double metric() {
    return stub()
        .getMetrics(
            GetMetricsRequest.newBuilder()
                .setScaledObjectRef(object)
                .setMetricName(spec().getMetricName())
                .build())
        .getMetricValues(0)
        .getMetricValueFloat();
  }

  @Override
  public double target() {
    return spec().getTargetSizeFloat();
  }

  private MetricSpec spec() {
    return stub().getMetricSpec(object).getMetricSpecs(0);
  }

  private ExternalScalerBlockingStub stub() {
    return ExternalScalerGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
