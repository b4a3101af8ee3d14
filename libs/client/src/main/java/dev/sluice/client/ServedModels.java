package dev.sluice.client;

import java.util.List;
import java.util.Map;

/**
 * What a gateway serves.
 *
 * @param models that can be asked for
 * @param unusable what is meant to be a model and cannot be served: the reasons, by name
 */
public record ServedModels(List<ServedModel> models, Map<String, List<String>> unusable) {}
