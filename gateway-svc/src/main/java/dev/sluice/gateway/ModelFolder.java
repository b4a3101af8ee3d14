package dev.sluice.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One model as its files describe it.
 *
 * @param name the folder's name, by which clients ask for it
 * @param folder where it lies
 * @param pipelineClass {@code _class_name} of {@code model_index.json}
 */
record ModelFolder(String name, Path folder, String pipelineClass, ObjectMapper json) {

  /** How it samples when a request says nothing. */
  SamplingDefaults samplingDefaults() {
    return SamplingDefaults.of(folder, json);
  }

  /** Whether it has a component of that name, of its pipeline's or beside it. */
  boolean has(String component) {
    return Files.isRegularFile(folder.resolve(component).resolve("config.json"));
  }

  /** How many classes a classifier beside the model tells apart; 0 if there is none. */
  int classifierClasses() {
    return has("classifier") ? componentConfig("classifier").path("num_classes").asInt(0) : 0;
  }

  /** Pixels per value of a latent: an autoencoder halves a picture between its blocks. */
  int pixelsPerLatent(String autoencoder) {
    int blocks = componentConfig(autoencoder).path("block_out_channels").size();
    return 1 << Math.max(0, blocks - 1);
  }

  /** The {@code config.json} of a component such as {@code unet}. */
  JsonNode componentConfig(String component) {
    Path file = folder.resolve(component).resolve("config.json");
    try {
      return json.readTree(file.toFile());
    } catch (IOException e) {
      throw new IllegalStateException(
          "Model " + name + " lacks a readable " + file + ": " + e.getMessage(), e);
    }
  }
}
