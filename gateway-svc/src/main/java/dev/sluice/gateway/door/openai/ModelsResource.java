package dev.sluice.gateway.door.openai;

import dev.sluice.catalog.file.Nearest;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.ModelAtStage;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.UnusableModel;
import dev.sluice.gateway.door.http.HttpErrors;
import dev.sluice.gateway.door.json.MessageTree;
import dev.sluice.gateway.door.json.ModelStatusTree;
import dev.sluice.gateway.models.ServedModels;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** OpenAI's Models API, with what the workers say of each model beside it. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
class ModelsResource {

  private final ServedModels models;
  private final ModelAliases aliases;

  ModelsResource(ServedModels models, ModelAliases aliases) {
    this.models = models;
    this.aliases = aliases;
  }

  @GET
  @Blocking
  public Map<String, Object> models() {
    ListModelsReply reply = models.reply();
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("object", "list");
    list.put("data", reply.getModelsList().stream().map(this::describe).toList());
    list.put("default", models.usual());
    list.put("aliases", aliases.all(models.usual()));
    list.put("loras", reply.getLorasList());
    list.put(
        "unusable",
        reply.getUnusableList().stream()
            .map(model -> Map.of("id", model.getName(), "problems", model.getProblemsList()))
            .toList());
    return list;
  }

  /** One model, which may be asked for by an alias; it is called as it was asked for. */
  @GET
  @Path("/{id}")
  @Blocking
  public Response model(@PathParam("id") String id) {
    String meant = aliases.isAlias(id) ? aliases.all(models.usual()).get(id) : id;
    ListModelsReply reply = models.reply();
    for (Model model : reply.getModelsList()) {
      if (model.getName().equals(meant)) {
        Map<String, Object> described = describe(model);
        described.put("id", id);
        if (!id.equals(meant)) {
          described.put("alias_of", meant);
        }
        return Response.ok(described).build();
      }
    }
    for (UnusableModel model : reply.getUnusableList()) {
      if (model.getName().equals(meant)) {
        return HttpErrors.response(
            RequestException.modelUnusable(
                    "Model %s cannot be served: %s"
                        .formatted(meant, String.join(" ", model.getProblemsList())))
                .toError());
      }
    }
    return HttpErrors.response(RequestException.modelNotFound(unknown(id, reply)).toError());
  }

  private String unknown(String id, ListModelsReply reply) {
    List<String> names = new ArrayList<>();
    reply.getModelsList().forEach(model -> names.add(model.getName()));
    names.addAll(aliases.all("").keySet());
    return "There is no model '%s'; there are: %s.%s"
        .formatted(Texts.quotable(id), String.join(", ", names), Nearest.hint(id, names));
  }

  private Map<String, Object> describe(Model model) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("id", model.getName());
    description.put("object", "model");
    description.put("created", models.created(model.getName()).getEpochSecond());
    description.put("owned_by", "sluice");
    description.put("pipeline", model.getPipeline());
    description.put("size", new ImageSize(model.getWidth(), model.getHeight()).toString());
    description.put("stages", model.getStagesList().stream().map(Topics::name).toList());
    description.put("abilities", model.getAbilitiesList());
    description.put("usual", MessageTree.of(model.getUsual()));
    description.put("samplers", model.getSamplersList());
    description.put(
        "status", model.getStatusList().stream().map(ModelsResource::describe).toList());
    if (model.getNotesCount() > 0) {
      description.put("notes", model.getNotesList());
    }
    return description;
  }

  private static Map<String, Object> describe(ModelAtStage at) {
    ModelStatus status = at.getStatus();
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("stage", Topics.name(at.getStage()));
    description.put("state", ModelStatusTree.state(status));
    description.put("workers", at.getWorkers());
    ModelStatusTree.addDetails(status, description);
    return description;
  }
}
