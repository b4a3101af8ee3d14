package dev.sluice.gateway.door.generations;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.GenerationState;
import dev.sluice.contract.v1.GenerationStatus;
import dev.sluice.contract.v1.PictureStatus;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.gateway.door.http.HttpErrors;
import dev.sluice.gateway.door.json.MessageTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What has become of requests, as answers have it. */
final class StatusJson {

  private StatusJson() {}

  static Map<String, Object> of(GenerationStatus status) {
    AcceptedGeneration work = status.getGeneration();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", work.getWorkId());
    json.put("object", "generation");
    json.put("request_id", work.getRequestId());
    json.put("tenant", work.getTenant());
    json.put("status", name(status.getState()));
    json.put("created_at", Timestamps.toMillis(work.getCreatedAt()) / 1000);
    json.put("model", work.getAccepted().getModel());
    json.put("seed", work.getAccepted().getSeed());
    json.put("stages", work.getAccepted().getStagesList().stream().map(Topics::name).toList());
    json.put("data", pictures(status));
    json.put("warnings", work.getAccepted().getWarningsList());
    json.put("recipe", MessageTree.of(work.getRecipe()));
    return json;
  }

  private static List<Map<String, Object>> pictures(GenerationStatus status) {
    return status.getPicturesList().stream()
        .map(picture -> picture(status.getGeneration().getWorkId(), picture))
        .toList();
  }

  static Map<String, Object> picture(String workId, PictureStatus picture) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("index", picture.getIndex());
    json.put("status", name(picture.getState()));
    if (picture.getState() == GenerationState.SUCCEEDED) {
      json.put("seed", picture.getSeed());
      json.put("size", picture.getWidth() + "x" + picture.getHeight());
      json.put(
          "url", "%s/%s/images/%d".formatted(GenerationsResource.PATH, workId, picture.getIndex()));
      json.put("warnings", picture.getWarningsList());
    }
    if (picture.hasProgress()) {
      json.put("progress", progress(picture.getProgress()));
    }
    if (picture.hasError()) {
      json.putAll(HttpErrors.body(picture.getError()));
    }
    return json;
  }

  static Map<String, Object> progress(StageProgress progress) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("stage", Topics.name(progress.getStage()));
    json.put("step", progress.getStep());
    json.put("total", progress.getTotal());
    return json;
  }

  private static String name(GenerationState state) {
    return state == GenerationState.GAVE_UP ? "cancelled" : state.name().toLowerCase(Locale.ROOT);
  }
}
