package dev.sluice.launcher.care;

import dev.sluice.client.ServedModel;
import dev.sluice.client.ServedModels;
import dev.sluice.client.SluiceClient;
import dev.sluice.launcher.console.JsonLines;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.instance.SluiceHome;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice status}: what is up, and how it gets on. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Tell what `sluice up` holds: processes, models, and how much there is to do.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:it is up, and all of its services are ready",
      "1:some are not",
      "3:nothing is up"
    })
public final class StatusCommand implements Callable<Integer> {

  private static final int NOTHING_UP = 3;
  private static final long MEGABYTE = 1_000_000;

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "As one JSON object, for programs.")
  private boolean json;

  @Override
  public Integer call() {
    Optional<RunningInstance> running = RunningInstance.find(SluiceHome.locate().state());
    PrintWriter out = spec.commandLine().getOut();
    if (running.isEmpty()) {
      out.print(
          json
              ? JsonLines.line(Map.of("up", false))
              : "nothing is up; `sluice up` starts it%n".formatted());
      out.flush();
      return NOTHING_UP;
    }
    RunningInstance instance = running.get();
    Map<String, ServiceState> services = new TreeMap<>();
    instance.services().forEach((name, address) -> services.put(name, ServiceState.of(address)));
    ServedModels models;
    try (SluiceClient client = SluiceClient.connect(instance.grpc())) {
      models = client.models();
    }
    long memory = Memory.ofDescendants(instance.pid());
    if (json) {
      out.print(JsonLines.line(object(instance, services, models, memory)));
    } else {
      print(out, instance, services, models, memory);
    }
    out.flush();
    return services.values().stream().allMatch(ServiceState::isReady) ? 0 : 1;
  }

  private static void print(
      PrintWriter out,
      RunningInstance instance,
      Map<String, ServiceState> services,
      ServedModels models,
      long memory) {
    out.printf(
        "up: process %d, %d MB of memory with its children%n", instance.pid(), memory / MEGABYTE);
    out.printf(
        "gRPC   %s%nHTTP   http://%s%nKafka  %s%nModels %s%n%n",
        instance.grpc(), instance.http(), instance.kafka(), instance.models());
    out.printf("%-14s %-9s %9s %9s%n", "service", "state", "waiting", "in work");
    services.forEach(
        (name, state) ->
            out.printf(
                "%-14s %-9s %9s %9s%n",
                name,
                state.isReady() ? "ready" : "not ready",
                count(state.waiting()),
                count(state.inWork())));
    out.println();
    for (ServedModel model : models.models()) {
      out.println(model.name() + "  " + at(model));
    }
    models
        .unusable()
        .forEach(
            (name, problems) ->
                out.println(name + "  cannot be served: " + String.join(" ", problems)));
  }

  private static String count(Optional<Long> number) {
    return number.map(Object::toString).orElse("-");
  }

  private static String at(ServedModel model) {
    return model.stages().entrySet().stream()
        .map(stage -> stage.getKey() + " " + stage.getValue().replace('_', ' '))
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Object> object(
      RunningInstance instance,
      Map<String, ServiceState> services,
      ServedModels models,
      long memory) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("up", true);
    told.put("pid", instance.pid());
    told.put("grpc", instance.grpc());
    told.put("http", instance.http());
    told.put("kafka", instance.kafka());
    told.put("models_folder", instance.models().toString());
    told.put("memory_bytes", memory);
    Map<String, Object> states = new LinkedHashMap<>();
    services.forEach(
        (name, state) -> {
          Map<String, Object> service = new LinkedHashMap<>();
          service.put("ready", state.isReady());
          state.waiting().ifPresent(number -> service.put("waiting", number));
          state.inWork().ifPresent(number -> service.put("in_work", number));
          states.put(name, service);
        });
    told.put("services", states);
    told.put("models", models.models().stream().map(StatusCommand::object).toList());
    told.put("unusable", models.unusable());
    return told;
  }

  private static Map<String, Object> object(ServedModel model) {
    return Map.of("name", model.name(), "pipeline", model.pipeline(), "stages", model.stages());
  }
}
