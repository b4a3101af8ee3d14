package dev.sluice.client;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.CancelReply;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.ListModelsRequest;
import dev.sluice.contract.v1.Model;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A gateway of Sluice.
 *
 * <pre>{@code
 * try (SluiceClient client = SluiceClient.connect("127.0.0.1:9000")) {
 *   client.generate("a red circle").toFile(Path.of("picture.png"));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads; one is enough for a process.
 */
public final class SluiceClient implements AutoCloseable {

  /** Room for sixteen large pictures' previews and for pictures of several megabytes. */
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final ManagedChannel channel;

  private SluiceClient(ManagedChannel channel) {
    this.channel = channel;
  }

  /**
   * A client of the gateway whose gRPC server listens at an address, without encryption. Nothing is
   * sent before something is asked for.
   *
   * @param address host and port, such as {@code 127.0.0.1:9000}
   */
  public static SluiceClient connect(String address) {
    return over(ManagedChannelBuilder.forTarget(address).usePlaintext());
  }

  /** A client over a channel with settings of its own, such as certificates or credentials. */
  public static SluiceClient over(ManagedChannelBuilder<?> channel) {
    return new SluiceClient(channel.maxInboundMessageSize(MAX_MESSAGE_BYTES).build());
  }

  /**
   * What is to be asked for.
   *
   * @param prompt what the picture shall show; empty for models that take no text
   */
  public Ask generate(String prompt) {
    return ask(
        GenerationRequest.newBuilder().setPrompt(prompt).setCancelOnDisconnect(true).build());
  }

  /** The same, from a whole request of the contract, which says all that there is to say. */
  public Ask ask(GenerationRequest request) {
    return new Ask(this, request.toBuilder());
  }

  Generation start(GenerationRequest request, GenerationListener listener) {
    Events events = new Events(listener);
    ImageGenerationGrpc.newStub(channel).generate(request, events);
    return new Generation(events.outcome(), () -> end(events));
  }

  /** By its label, which ends it for all who wait; by hanging up, as long as that is not known. */
  private void end(Events events) {
    if (events.outcome().isDone()) {
      return;
    }
    CancelRequest label = events.label();
    if (label == null) {
      events.hangUp();
      return;
    }
    ImageGenerationGrpc.newStub(channel)
        .cancel(
            label,
            new StreamObserver<>() {
              @Override
              public void onNext(CancelReply reply) {
                // The stream of events tells that it has ended.
              }

              @Override
              public void onError(Throwable error) {
                events.hangUp();
              }

              @Override
              public void onCompleted() {
                // As above.
              }
            });
  }

  /**
   * What the gateway serves.
   *
   * @throws SluiceException if it cannot be reached
   */
  public ServedModels models() {
    try {
      ListModelsReply reply =
          ImageGenerationGrpc.newBlockingStub(channel)
              .listModels(ListModelsRequest.getDefaultInstance());
      Map<String, List<String>> unusable = new LinkedHashMap<>();
      reply
          .getUnusableList()
          .forEach(model -> unusable.put(model.getName(), List.copyOf(model.getProblemsList())));
      return new ServedModels(
          reply.getModelsList().stream().map(SluiceClient::served).toList(), unusable);
    } catch (StatusRuntimeException e) {
      throw Failures.exception(e);
    }
  }

  private static ServedModel served(Model model) {
    Map<String, String> stages = new LinkedHashMap<>();
    model
        .getStatusList()
        .forEach(
            at ->
                stages.put(
                    Topics.name(at.getStage()),
                    at.getStatus().getState().name().toLowerCase(Locale.ROOT)));
    return new ServedModel(
        model.getName(),
        model.getPipeline(),
        model.getWidth(),
        model.getHeight(),
        List.copyOf(model.getAbilitiesList()),
        stages);
  }

  /** Ends the connection; requests under way end with it, unless they are detached. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
