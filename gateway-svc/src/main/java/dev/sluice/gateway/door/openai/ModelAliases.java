package dev.sluice.gateway.door.openai;

import dev.sluice.catalog.ModelCatalog;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Names of models elsewhere, which clients are built with, and what they mean here. */
public final class ModelAliases {

  /** By alias; empty for the model of requests that name none. */
  private final Map<String, String> models = new TreeMap<>();

  private final ModelCatalog catalog;

  /**
   * @param aliases each {@code NAME}, of the usual model, or {@code NAME=MODEL}
   */
  public ModelAliases(Collection<String> aliases, ModelCatalog catalog) {
    this.catalog = catalog;
    for (String alias : aliases) {
      String[] parts = alias.strip().split("=", 2);
      models.put(parts[0].strip(), parts.length == 1 ? "" : parts[1].strip());
    }
  }

  /** Whether a name is an alias; one that a model here has is that model's. */
  boolean isAlias(String name) {
    return models.containsKey(name) && !catalog.names().contains(name);
  }

  /** The model that a name means; empty for the usual one. */
  String modelOf(String name) {
    return isAlias(name) ? models.get(name) : name;
  }

  /**
   * All aliases with the names of their models.
   *
   * @param usual the model of requests that name none
   */
  Map<String, String> all(String usual) {
    Map<String, String> all = new TreeMap<>();
    models.forEach(
        (name, model) -> {
          if (isAlias(name)) {
            all.put(name, model.isEmpty() ? usual : model);
          }
        });
    return all;
  }
}
