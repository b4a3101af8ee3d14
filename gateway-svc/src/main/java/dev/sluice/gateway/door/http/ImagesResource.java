package dev.sluice.gateway.door.http;

import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.ModelAtStage;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.gateway.door.json.RequestJson;
import dev.sluice.gateway.models.ServedModels;
import dev.sluice.gateway.pending.Generation;
import dev.sluice.gateway.pending.GenerationListener;
import dev.sluice.gateway.pending.Generations;
import dev.sluice.gateway.pending.NotReadyException;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.trace.TraceParent;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP door, in the shape of OpenAI's image API. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
class ImagesResource {

  private static final Logger LOG = LoggerFactory.getLogger(ImagesResource.class);

  private final Generations generations;
  private final ServedModels models;
  private final HttpDoor door;

  ImagesResource(Generations generations, ServedModels models, HttpDoor door) {
    this.door = door;
    this.generations = generations;
    this.models = models;
  }

  /** Answers when every picture is ready, or with the first error. */
  @POST
  @Path("/images/generations")
  @Consumes(MediaType.WILDCARD)
  @Blocking
  public CompletionStage<Response> generate(
      InputStream body,
      @HeaderParam(RecordHeaders.TRACE_PARENT) String traceParent,
      @Context RoutingContext call)
      throws IOException {
    Optional<byte[]> request = door.read(body);
    if (request.isEmpty()) {
      return CompletableFuture.completedFuture(door.response(HttpRefusal.BODY_TOO_LARGE));
    }
    Answer answer = new Answer();
    try {
      Generation generation =
          generations.submit(
              RequestJson.parse(request.get()), TraceParent.orNew(traceParent), answer);
      call.addEndHandler(
          end -> {
            if (end.failed()) {
              // Not on this thread, which serves connections and must not wait for the broker.
              CompletableFuture.runAsync(() -> generations.leave(generation, answer));
            }
          });
    } catch (RequestException e) {
      return CompletableFuture.completedFuture(HttpErrors.response(e.toError()));
    } catch (NotReadyException e) {
      return CompletableFuture.completedFuture(
          HttpErrors.response(503, "unavailable", e.getMessage(), ""));
    } catch (RuntimeException e) {
      LOG.error("A request failed", e);
      return CompletableFuture.completedFuture(HttpErrors.response(Outbox.internalError()));
    }
    return answer.response;
  }

  @GET
  @Path("/models")
  @Blocking
  public Map<String, Object> models() {
    ListModelsReply reply = models.reply();
    return Map.of(
        "object",
        "list",
        "data",
        reply.getModelsList().stream().map(ImagesResource::describe).toList(),
        "unusable",
        reply.getUnusableList().stream()
            .map(model -> Map.of("id", model.getName(), "problems", model.getProblemsList()))
            .toList());
  }

  private static Map<String, Object> describe(Model model) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("id", model.getName());
    description.put("object", "model");
    description.put("pipeline", model.getPipeline());
    description.put("size", new ImageSize(model.getWidth(), model.getHeight()).toString());
    description.put(
        "status", model.getStatusList().stream().map(ImagesResource::describe).toList());
    if (model.getNotesCount() > 0) {
      description.put("notes", model.getNotesList());
    }
    return description;
  }

  private static Map<String, Object> describe(ModelAtStage at) {
    ModelStatus status = at.getStatus();
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("stage", Topics.name(at.getStage()));
    description.put("state", status.getState().name().toLowerCase(Locale.ROOT));
    description.put("workers", at.getWorkers());
    if (status.hasLoading()) {
      description.put("component", status.getLoading().getComponent());
      description.put("bytes", status.getLoading().getBytes());
      description.put("total", status.getLoading().getTotal());
    }
    if (!status.getReason().isEmpty()) {
      description.put("reason", status.getReason());
    }
    return description;
  }

  /** Gathers the pictures of one request. */
  private static final class Answer implements GenerationListener {

    private final CompletableFuture<Response> response = new CompletableFuture<>();
    private final Map<Integer, Image> images = new TreeMap<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private String id;
    private String model;

    @Override
    public void onEvent(GenerationEvent event) {
      switch (event.getEventCase()) {
        case ACCEPTED -> {
          id = event.getRequestId();
          model = event.getAccepted().getModel();
          warnings.addAll(event.getAccepted().getWarningsList());
        }
        case IMAGE -> {
          images.put(event.getImageIndex(), event.getImage());
          warnings.addAll(event.getImage().getWarningsList());
        }
        case ERROR -> response.complete(HttpErrors.response(event.getError()));
        default -> {
          // Progress and previews have no place in a single answer.
        }
      }
    }

    @Override
    public void onEnd(Optional<GenerationError> error) {
      // Not on this thread, by which every caller hears of everything.
      response.completeAsync(
          () -> error.map(HttpErrors::response).orElseGet(() -> Response.ok(body()).build()));
    }

    private Map<String, Object> body() {
      List<Map<String, Object>> data = new ArrayList<>();
      for (Image image : images.values()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("b64_json", Base64.getEncoder().encodeToString(image.getPng().toByteArray()));
        entry.put("seed", image.getSeed());
        data.add(entry);
      }
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("created", System.currentTimeMillis() / 1000);
      body.put("id", id);
      body.put("model", model);
      body.put("data", data);
      if (!warnings.isEmpty()) {
        body.put("warnings", warnings);
      }
      return body;
    }
  }
}
