package dev.sluice.catalog;

import dev.sluice.diffusion.SchedulerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where a model's components lie, and what their configs say. Configs are read once. */
final class ComponentFiles {

  /** What a network is, in the folder of each component that is one. */
  static final String CONFIG = "config.json";

  private static final String SCHEDULER_CONFIG = "scheduler_config.json";

  private final Path folder;
  private final ModelIndex index;

  /** What was read, by file: a request asks for the same few configs many times. */
  private final Map<Path, Config> configs = new ConcurrentHashMap<>();

  /**
   * Of a model.
   *
   * @param folder that the index lies in
   */
  ComponentFiles(Path folder, ModelIndex index) {
    this.folder = folder;
    this.index = index;
  }

  /** Of which class a component is. */
  String className(String component) {
    String className = index.classes().get(component);
    if (className == null) {
      throw new IllegalArgumentException(
          "%s has no component %s; it has %s"
              .formatted(folder, component, index.classes().keySet()));
    }
    return className;
  }

  /** The component's folder: that of its name, or else the model's own. */
  Path folder(String component) {
    String className = className(component);
    Path own = folder.resolve(component);
    return Files.isDirectory(own) || !isFlat(className) ? own : folder;
  }

  /** Whether components lie in the model's own folder. */
  boolean isFlat() {
    return index.classes().keySet().stream().anyMatch(name -> folder(name).equals(folder));
  }

  /** Whether a component of that class lies right beside the index. */
  private boolean isFlat(String className) {
    if (className.endsWith("Scheduler")) {
      return Files.isRegularFile(folder.resolve(SCHEDULER_CONFIG));
    }
    Path config = folder.resolve(CONFIG);
    return Files.isRegularFile(config)
        && Config.read(config, CONFIG).classNames().contains(className);
  }

  Config config(String component) {
    return read(component, CONFIG);
  }

  Config schedulerConfig(String component) {
    return read(component, SCHEDULER_CONFIG);
  }

  /** As in diffusers, it is the index that says of which class. */
  SchedulerConfig scheduler(String component) {
    Map<String, Object> members = new LinkedHashMap<>(schedulerConfig(component).asMap());
    members.put("_class_name", className(component));
    return SchedulerConfig.of(members);
  }

  /** A file beside the index that need not be there; empty where it is not. */
  Config beside(String name) {
    return configs.computeIfAbsent(
        folder.resolve(name),
        file -> Files.isRegularFile(file) ? Config.read(file, name) : Config.of(Map.of()));
  }

  private Config read(String component, String name) {
    Path file = folder(component).resolve(name);
    return configs.computeIfAbsent(
        file, unread -> Config.read(unread, folder.relativize(unread).toString()));
  }
}
