package dev.sluice.gateway.door.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.gateway.config.GatewaySettings;
import dev.sluice.gateway.door.http.HttpDoor;
import dev.sluice.gateway.door.http.HttpErrors;
import dev.sluice.gateway.door.http.HttpRefusal;
import dev.sluice.gateway.door.http.LateResponse;
import dev.sluice.gateway.door.http.RequestIds;
import dev.sluice.gateway.door.json.RequestJson;
import dev.sluice.gateway.pending.Generation;
import dev.sluice.gateway.pending.Generations;
import dev.sluice.gateway.pending.NotReadyException;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import dev.sluice.stage.kafka.Outbox;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.server.multipart.MultipartFormDataInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** OpenAI's Images API. */
@Path("/v1/images")
@Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
class ImagesResource {

  private static final Logger LOG = LoggerFactory.getLogger(ImagesResource.class);
  private static final Set<String> SIZE = Set.of("size", "width", "height");

  private final Generations generations;
  private final ModelAliases aliases;
  private final PictureLinks links;
  private final Repeats repeats;
  private final GatewaySettings settings;
  private final HttpDoor door;

  ImagesResource(
      Generations generations,
      ModelAliases aliases,
      PictureLinks links,
      Repeats repeats,
      GatewaySettings settings,
      HttpDoor door) {
    this.generations = generations;
    this.aliases = aliases;
    this.links = links;
    this.repeats = repeats;
    this.settings = settings;
    this.door = door;
  }

  /** Answers when every picture is ready, or with the first error; or with a stream. */
  @POST
  @Path("/generations")
  @Consumes(MediaType.WILDCARD)
  @Blocking
  public CompletionStage<Response> generate(InputStream body, @Context RoutingContext call)
      throws IOException {
    return ofJson(Kind.GENERATION, body, call);
  }

  /** An edit in JSON, as a generation is asked for. */
  @POST
  @Path("/edits")
  @Consumes(MediaType.WILDCARD)
  @Blocking
  public CompletionStage<Response> edit(InputStream body, @Context RoutingContext call)
      throws IOException {
    return ofJson(Kind.EDIT, body, call);
  }

  @POST
  @Path("/edits")
  @Consumes(MediaType.MULTIPART_FORM_DATA)
  @Blocking
  public CompletionStage<Response> edit(MultipartFormDataInput form, @Context RoutingContext call) {
    return answer(Kind.EDIT, () -> FormBody.read(form), call);
  }

  /** Variations in JSON, as a generation is asked for. */
  @POST
  @Path("/variations")
  @Consumes(MediaType.WILDCARD)
  @Blocking
  public CompletionStage<Response> vary(InputStream body, @Context RoutingContext call)
      throws IOException {
    return ofJson(Kind.VARIATION, body, call);
  }

  @POST
  @Path("/variations")
  @Consumes(MediaType.MULTIPART_FORM_DATA)
  @Blocking
  public CompletionStage<Response> vary(MultipartFormDataInput form, @Context RoutingContext call) {
    return answer(Kind.VARIATION, () -> FormBody.read(form), call);
  }

  private CompletionStage<Response> ofJson(Kind kind, InputStream body, RoutingContext call)
      throws IOException {
    String type = call.request().getHeader("content-type");
    if (type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/")) {
      return CompletableFuture.completedFuture(door.response(HttpRefusal.UNSUPPORTED_MEDIA_TYPE));
    }
    Optional<byte[]> read = door.read(body);
    return read.isEmpty()
        ? CompletableFuture.completedFuture(door.response(HttpRefusal.BODY_TOO_LARGE))
        : answer(kind, () -> RequestJson.object(read.get()), call);
  }

  private CompletionStage<Response> answer(
      Kind kind, Supplier<ObjectNode> body, RoutingContext call) {
    try {
      return answer(ImageCall.of(kind, body.get(), aliases), call);
    } catch (RequestException e) {
      return CompletableFuture.completedFuture(HttpErrors.response(e.toError()));
    } catch (NotReadyException e) {
      return CompletableFuture.completedFuture(HttpErrors.notReady(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("A request failed", e);
      return CompletableFuture.completedFuture(HttpErrors.response(Outbox.internalError()));
    }
  }

  private CompletionStage<Response> answer(ImageCall asked, RoutingContext call) {
    if (asked.options().stream() && !LateResponse.isPossible(call)) {
      throw RequestException.invalid("stream", "A stream needs HTTP/1.1 or newer.");
    }
    // Half a character has no bytes that a label could be made of.
    Texts.check(asked.request());
    ImageCall labelled = asked.labelled(label(asked, call));
    PictureParts parts = new PictureParts(labelled, links, base(call.request()));
    ImageAnswer answer =
        asked.options().stream()
            ? new StreamedAnswer(parts, call)
            : new WholeAnswer(parts, call, settings.firstByte());
    String traceParent = call.request().getHeader(RecordHeaders.TRACE_PARENT);
    Submitted submitted = submit(labelled, traceParent, answer);
    call.addEndHandler(
        end -> {
          if (end.succeeded()) {
            repeats.answered(submitted.call().request().getRequestId());
          } else {
            repeats.lost(submitted.call().request().getRequestId());
            // Not on this thread, which serves connections and must not wait for the broker.
            CompletableFuture.runAsync(() -> generations.leave(submitted.work(), answer));
          }
        });
    answer.begin(submitted.call());
    return answer.response.response();
  }

  private record Submitted(ImageCall call, Generation work) {}

  private Submitted submit(ImageCall call, String traceParent, ImageAnswer answer) {
    try {
      return new Submitted(call, generations.submit(call.request(), traceParent, answer));
    } catch (RequestException e) {
      if (!call.byAlias() || !SIZE.contains(e.toError().getField())) {
        throw e;
      }
      ImageCall ofAnySize = call.ofAnySize(e.getMessage());
      return new Submitted(ofAnySize, generations.submit(ofAnySize.request(), traceParent, answer));
    }
  }

  /**
   * What the request is called: as it says itself, by the key with which a client repeats it, as
   * the call that it repeats, or as the call.
   */
  private String label(ImageCall asked, RoutingContext call) {
    String own = asked.request().getRequestId();
    String key = call.request().getHeader("idempotency-key");
    if (key != null && !key.isBlank()) {
      String name = ImageId.isName(key) ? key : "key-" + digest(key);
      if (!own.isEmpty() && !own.equals(name)) {
        throw RequestException.invalid(
            "request_id",
            "The request_id and the header Idempotency-Key say the same; leave one of them out.");
      }
      return name;
    }
    if (!own.isEmpty()) {
      return own;
    }
    String content =
        Repeats.contentOf(asked.kind(), asked.request(), call.request().getHeader("authorization"));
    return repeats.label(content, call.request().getHeader(Repeats.HEADER), RequestIds.of(call));
  }

  private static String digest(String key) {
    return ModelDigests.of(key.getBytes(StandardCharsets.UTF_8));
  }

  /** Where this server is for who asks. */
  private String base(HttpServerRequest request) {
    String server =
        settings
            .publicUrl()
            .map(url -> url.replaceAll("/+$", ""))
            .orElseGet(() -> request.scheme() + "://" + authority(request));
    return server + LinksResource.PATH + "/";
  }

  private static String authority(HttpServerRequest request) {
    return request.authority() != null
        ? request.authority().toString()
        : request.localAddress().hostAddress() + ":" + request.localAddress().port();
  }
}
