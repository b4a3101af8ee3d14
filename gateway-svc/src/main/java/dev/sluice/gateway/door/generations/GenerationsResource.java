package dev.sluice.gateway.door.generations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.gateway.door.http.HttpDoor;
import dev.sluice.gateway.door.http.HttpErrors;
import dev.sluice.gateway.door.http.HttpRefusal;
import dev.sluice.gateway.door.json.RequestJson;
import dev.sluice.gateway.pending.Generation;
import dev.sluice.gateway.pending.GenerationListener;
import dev.sluice.gateway.pending.Generations;
import dev.sluice.gateway.pending.NotReadyException;
import dev.sluice.gateway.picture.PictureFormat;
import dev.sluice.gateway.work.WorkStates;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Requests that go on whoever waits for them: made in one call, asked for in others, at any gateway
 * and after its restart.
 */
@Path(GenerationsResource.PATH)
@Produces(MediaType.APPLICATION_JSON)
class GenerationsResource {

  static final String PATH = "/v1/generations";

  private static final int USUAL_LIMIT = 20;
  private static final int MOST = 100;
  private static final int BEST = 100;

  private static final GenerationListener NOBODY =
      new GenerationListener() {
        @Override
        public void onEvent(GenerationEvent event) {
          // Whoever wants to hear of it asks.
        }

        @Override
        public void onEnd(Optional<GenerationError> error) {
          // As above.
        }
      };

  private final Generations generations;
  private final WorkStates states;
  private final HttpDoor door;

  GenerationsResource(Generations generations, WorkStates states, HttpDoor door) {
    this.generations = generations;
    this.states = states;
    this.door = door;
  }

  /** Answers when the request is accepted, and its work begun. */
  @POST
  @Consumes(MediaType.WILDCARD)
  @Blocking
  public Response create(
      InputStream body, @HeaderParam(RecordHeaders.TRACE_PARENT) String traceParent)
      throws IOException {
    Optional<byte[]> read = door.read(body);
    if (read.isEmpty()) {
      return door.response(HttpRefusal.BODY_TOO_LARGE);
    }
    return answer(
        () -> {
          ObjectNode fields = RequestJson.object(read.get());
          GenerationRequest request =
              RequestJson.request(fields).toBuilder().clearCancelOnDisconnect().build();
          Generation work = generations.submit(request, traceParent, NOBODY);
          Map<String, Object> status =
              states.find(work.workId()).map(states::of).map(StatusJson::of).orElseThrow();
          return Response.status(202)
              .header("location", PATH + "/" + work.workId())
              .entity(status)
              .build();
        });
  }

  /** A tenant's, newest first. */
  @GET
  @Blocking
  public Response list(
      @QueryParam("tenant") @DefaultValue("") String tenant,
      @QueryParam("limit") String limit,
      @QueryParam("after") String after) {
    return answer(
        () -> {
          Optional<AcceptedGeneration> before =
              Optional.ofNullable(after).map(id -> states.find(id).orElseThrow(() -> gone(id)));
          WorkStates.Page page = states.list(tenant, before, limit(limit));
          Map<String, Object> list = new LinkedHashMap<>();
          list.put("object", "list");
          list.put("data", page.generations().stream().map(StatusJson::of).toList());
          list.put("has_more", page.hasMore());
          return Response.ok(list).build();
        });
  }

  private static int limit(String given) {
    try {
      int limit = given == null ? USUAL_LIMIT : Integer.parseInt(given);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Told below, like what is no limit.
    }
    throw RequestException.invalid(
        "limit", "The limit must be a whole number from 1 to %d.".formatted(MOST));
  }

  private static RequestException gone(String id) {
    return RequestException.invalid(
        "after", "There is no generation '%s', or not any more; begin anew.".formatted(id));
  }

  @GET
  @Path("/{id}")
  @Blocking
  public Response get(@PathParam("id") String id) {
    return of(id, work -> Response.ok(StatusJson.of(states.of(work))).build());
  }

  /** Ends it for all who wait; what is there already stays. */
  @POST
  @Path("/{id}/cancel")
  @Blocking
  public Response cancel(@PathParam("id") String id) {
    return of(
        id,
        work -> {
          generations.cancel(work);
          return Response.ok(StatusJson.of(states.of(work))).build();
        });
  }

  @GET
  @Path("/{id}/images/{index}")
  @Produces(MediaType.WILDCARD)
  @Blocking
  public Response image(
      @PathParam("id") String id,
      @PathParam("index") String index,
      @QueryParam("output_format") @DefaultValue("png") String format) {
    if (!PictureFormat.names().contains(format)) {
      return HttpErrors.response(
          RequestException.invalid(
                  "output_format",
                  "The output_format must be one of %s."
                      .formatted(String.join(", ", PictureFormat.names())))
              .toError());
    }
    PictureFormat file = PictureFormat.named(format);
    return of(
        id,
        work ->
            image(work, index)
                .map(
                    image ->
                        Response.ok(file.of(image.getPng().toByteArray(), BEST))
                            .type(file.mediaType())
                            .header("cache-control", "private, max-age=86400, immutable")
                            .header("x-content-type-options", "nosniff")
                            .build())
                .orElseGet(() -> notFound("There is no such picture, or not yet.")));
  }

  private Optional<Image> image(AcceptedGeneration work, String index) {
    return index.matches("[0-9]{1,4}")
        ? states.image(work, Integer.parseInt(index))
        : Optional.empty();
  }

  /** What is heard of it, from what became of its pictures on. */
  @GET
  @Path("/{id}/events")
  @Produces({MediaType.SERVER_SENT_EVENTS, MediaType.APPLICATION_JSON})
  @Blocking
  public CompletionStage<Response> events(
      @PathParam("id") String id,
      @HeaderParam("last-event-id") String lastEventId,
      @Context RoutingContext call) {
    if (EventStream.END.equals(lastEventId)) {
      // Browsers connect again after an end, until they are told that there is nothing.
      return CompletableFuture.completedFuture(Response.noContent().build());
    }
    Optional<AcceptedGeneration> work = states.find(id);
    if (work.isEmpty()) {
      return CompletableFuture.completedFuture(notKnown(id));
    }
    EventStream stream = new EventStream(call, lastEventId);
    try {
      Generation watched = generations.watch(work.get(), stream);
      call.addEndHandler(
          end -> CompletableFuture.runAsync(() -> generations.leave(watched, stream)));
      return stream.response();
    } catch (NotReadyException e) {
      return CompletableFuture.completedFuture(HttpErrors.notReady(e.getMessage()));
    }
  }

  private Response of(String id, Function<AcceptedGeneration, Response> answer) {
    return answer(() -> states.find(id).map(answer).orElseGet(() -> notKnown(id)));
  }

  private static Response answer(Supplier<Response> answer) {
    try {
      return answer.get();
    } catch (RequestException e) {
      return HttpErrors.response(e.toError());
    } catch (NotReadyException e) {
      return HttpErrors.notReady(e.getMessage());
    }
  }

  private static Response notKnown(String id) {
    return notFound(
        "There is no generation '%s', or not any more: they are known as long as pictures are kept."
            .formatted(Texts.quotable(id)));
  }

  private static Response notFound(String message) {
    return HttpErrors.response(404, "not_found", message, "");
  }
}
