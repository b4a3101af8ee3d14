package dev.sluice.gateway.door.cluster;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.gateway.cluster.Cluster;
import dev.sluice.gateway.cluster.Cluster.PoolState;
import dev.sluice.gateway.door.json.ModelStatusTree;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who works here and how much waits, for people and pages; Prometheus asks the services. */
@Path("/v1/cluster")
@Produces(MediaType.APPLICATION_JSON)
class ClusterResource {

  private final Cluster cluster;

  ClusterResource(Cluster cluster) {
    this.cluster = cluster;
  }

  @GET
  @Blocking
  public Map<String, Object> cluster() {
    return of(cluster.pools());
  }

  static Map<String, Object> of(List<PoolState> pools) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("object", "cluster");
    json.put("pools", pools.stream().map(ClusterResource::pool).toList());
    return json;
  }

  private static Map<String, Object> pool(PoolState state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("stage", Topics.name(state.pool().stage()));
    json.put("pool", state.pool().name());
    json.put("waiting", state.waiting().isPresent() ? (Object) state.waiting().getAsLong() : null);
    json.put("in_work", state.inWork());
    json.put("workers", state.workers().stream().map(ClusterResource::worker).toList());
    return json;
  }

  private static Map<String, Object> worker(StageStatus status) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", status.getWorker());
    json.put("since", Timestamps.toMillis(status.getSince()) / 1000);
    json.put("ready", status.getReady());
    if (!status.getReason().isEmpty()) {
      json.put("reason", status.getReason());
    }
    json.put("in_work", status.getWorkList().stream().mapToInt(ModelWork::getTasksInWork).sum());
    json.put("memory", memory(status.getMemory()));
    json.put("models", status.getModelsList().stream().map(ClusterResource::model).toList());
    json.put("work", status.getWorkList().stream().map(ClusterResource::work).toList());
    return json;
  }

  private static Map<String, Object> memory(MemoryStatus memory) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("budget", memory.getBudget());
    json.put("used", memory.getUsed());
    json.put("resident", memory.getResident());
    return json;
  }

  private static Map<String, Object> model(ModelStatus status) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", status.getName());
    json.put("state", ModelStatusTree.state(status));
    ModelStatusTree.addDetails(status, json);
    return json;
  }

  private static Map<String, Object> work(ModelWork work) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", work.getModel());
    json.put("in_work", work.getTasksInWork());
    json.put("row_steps", work.getWorkDone());
    json.put("seconds", work.getSeconds());
    return json;
  }
}
