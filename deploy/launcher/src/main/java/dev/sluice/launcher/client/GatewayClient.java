package dev.sluice.launcher.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.Status;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.ListModelsRequest;
import dev.sluice.contract.v1.Model;
import dev.sluice.launcher.console.LaunchException;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Calls the gateway's gRPC door. */
public final class GatewayClient implements AutoCloseable {

  /** Room for sixteen large pictures' previews and for pictures of several megabytes. */
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final ManagedChannel channel;

  /**
   * A client of one gateway.
   *
   * @param address host and port of its gRPC server
   */
  public GatewayClient(String address) {
    this.channel =
        ManagedChannelBuilder.forTarget(address)
            .usePlaintext()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
  }

  /**
   * Asks for pictures and returns after the last event.
   *
   * @param onEvent told every event, on this thread
   * @throws LaunchException when the gateway refuses the request or cannot finish it
   */
  public void generate(GenerationRequest request, Consumer<GenerationEvent> onEvent) {
    try {
      ImageGenerationGrpc.newBlockingStub(channel).generate(request).forEachRemaining(onEvent);
    } catch (StatusRuntimeException e) {
      throw e.getStatus().getCode() == Code.UNAVAILABLE
          ? new LaunchException(describe(e), e)
          : new RefusedException(describe(e), e);
    }
  }

  /** What requests can ask of a model; empty for one that the gateway does not serve. */
  public List<String> abilities(String model) {
    return models().getModelsList().stream()
        .filter(it -> it.getName().equals(model))
        .findFirst()
        .map(Model::getAbilitiesList)
        .map(List::<String>copyOf)
        .orElse(List.of());
  }

  /** What the gateway serves, and what it cannot. */
  public ListModelsReply models() {
    try {
      return ImageGenerationGrpc.newBlockingStub(channel)
          .listModels(ListModelsRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      throw new LaunchException(describe(e), e);
    }
  }

  /** The gateway was reached, and does not do what it is asked for. */
  public static final class RefusedException extends LaunchException {

    RefusedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Asks for one picture and waits for it.
   *
   * @throws LaunchException when it cannot be made
   */
  public Image single(GenerationRequest request) {
    AtomicReference<Image> image = new AtomicReference<>();
    generate(
        request,
        event -> {
          if (event.hasError()) {
            throw new LaunchException(event.getError().getMessage());
          }
          if (event.hasImage()) {
            image.set(event.getImage());
          }
        });
    return image.get();
  }

  /** Ends a {@link #generate} that is under way, which then throws. */
  void abort() {
    channel.shutdownNow();
  }

  /** The status's own words, and the field at fault where it names one. */
  private static String describe(StatusRuntimeException exception) {
    Status status = StatusProto.fromThrowable(exception);
    String message =
        exception.getStatus().getDescription() == null
            ? exception.getStatus().getCode().toString()
            : exception.getStatus().getDescription();
    if (status == null) {
      return message;
    }
    return status.getDetailsList().stream()
        .filter(detail -> detail.is(BadRequest.class))
        .map(detail -> message + " (field " + field(detail) + ")")
        .findFirst()
        .orElse(message);
  }

  private static String field(Any detail) {
    try {
      return detail.unpack(BadRequest.class).getFieldViolations(0).getField();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A BadRequest that is none", e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
