package dev.sluice.launcher.care;

import dev.sluice.catalog.ModelInspection;
import dev.sluice.launcher.instance.RunningInstance;
import dev.sluice.launcher.instance.Service;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.launcher.model.ModelReport;
import dev.sluice.launcher.process.PortOwner;
import dev.sluice.launcher.process.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** Whether an instance can be started here, and how the one is that is up. */
final class InstanceChecks {

  private static final int PATIENCE_SECONDS = 5;

  private final SluiceHome home;
  private final Optional<RunningInstance> running;

  InstanceChecks(SluiceHome home) {
    this.home = home;
    this.running = RunningInstance.find(home.state());
  }

  Finding services() {
    List<String> missing =
        Stream.of(Service.values())
            .filter(service -> !home.isBuilt(service))
            .map(Service::label)
            .toList();
    return missing.isEmpty()
        ? Finding.good("Services", "all are built")
        : Finding.wrong(
            "Services",
            "not built: " + String.join(", ", missing),
            "Build them: ./mvnw -DskipTests package");
  }

  List<Finding> models(Path folder) {
    List<ModelInspection> models = ModelReport.of(folder).models();
    String served =
        models.stream()
            .filter(ModelInspection::isServable)
            .map(ModelInspection::name)
            .collect(Collectors.joining(", "));
    List<Finding> findings = new ArrayList<>();
    findings.add(
        served.isEmpty()
            ? Finding.wrong(
                "Models",
                folder + " holds none that can be served",
                "Put one there: ./sluice models add FOLDER")
            : Finding.good("Models", served));
    models.stream()
        .filter(model -> !model.isServable())
        .forEach(
            model ->
                findings.add(
                    Finding.remark(
                        "Model " + model.name(),
                        "cannot be served",
                        String.join("; ", model.problems()))));
    return findings;
  }

  /** The ports that documentation names. */
  List<Finding> ports(Map<String, Integer> usual) {
    if (running.isPresent()) {
      return List.of(
          Finding.good(
              "Ports",
              "an instance is up: gRPC %s, HTTP %s, Kafka %s"
                  .formatted(running.get().grpc(), running.get().http(), running.get().kafka())));
    }
    List<Finding> findings = new ArrayList<>();
    usual.forEach(
        (what, port) ->
            findings.add(
                Ports.preferring(port, 0) == port
                    ? Finding.good("Port " + port, "free, for " + what)
                    : Finding.remark(
                        "Port " + port,
                        "taken" + PortOwner.of(port).map(owner -> " by " + owner).orElse(""),
                        "`up` finds another one for %s and names it.".formatted(what))));
    return findings;
  }

  Finding broker() {
    if (running.isEmpty()) {
      return Finding.good("Broker", "none is up; `up` brings its own");
    }
    String address = running.get().kafka();
    DeadLetters.hush();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      int topics = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS).size();
      return Finding.good("Broker", "answers at %s, with %d topics".formatted(address, topics));
    } catch (ExecutionException | TimeoutException e) {
      return Finding.wrong(
          "Broker",
          "does not answer at " + address,
          "Its log is broker.log in %s; `up` starts it anew if it has ended."
              .formatted(home.state().resolve("up/logs")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.remark("Broker", "interrupted while asking", "");
    }
  }

  List<Finding> running() {
    return running.stream()
        .flatMap(instance -> instance.services().entrySet().stream())
        .filter(service -> !ServiceState.of(service.getValue()).isReady())
        .map(
            service ->
                Finding.wrong(
                    "Service " + service.getKey(),
                    "is up and not ready",
                    "Its log is %s.log in %s."
                        .formatted(service.getKey(), home.state().resolve("up/logs"))))
        .toList();
  }
}
