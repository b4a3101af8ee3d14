package dev.sluice.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScaledObjectsTest {

  private static final Path KEDA =
      Path.of(System.getProperty("sluice.home"), "deploy/kubernetes/components/keda");

  @TempDir private Path folder;

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("objects.yaml"), yaml);
  }

  @Test
  void thoseThatShip_areReadWithWhatTheyHaveInCommon() throws IOException {
    Map<String, ScaledObject> shipped =
        ScaledObjects.patched(KEDA.resolve("scale.yaml"), KEDA.resolve("behavior.yaml"));

    assertThat(shipped).containsOnlyKeys("text-encoder", "prior", "denoiser", "upscaler");
    ScaledObject denoiser = shipped.get("denoiser");
    assertThat(denoiser.metadata().name()).isEqualTo("denoiser");
    assertThat(denoiser.spec().maxReplicaCount()).isEqualTo(8);
    assertThat(denoiser.spec().triggers())
        .singleElement()
        .satisfies(trigger -> assertThat(trigger.metadata()).containsEntry("stage", "denoiser"));
    assertThat(denoiser.spec().behavior().scaleDown().policies()).hasSize(1);
  }

  @Test
  void otherDocumentsBesideThem_arePassedOver() throws IOException {
    String rendered =
        "kind: Service\nmetadata: {name: scaler}\n---\n"
            + Files.readString(KEDA.resolve("behavior.yaml"))
                .replace(
                    "spec:\n",
                    "spec:\n  scaleTargetRef: {name: mine}\n  maxReplicaCount: 3\n"
                        + "  triggers: [{type: external, metadata: {stage: denoiser}}]\n");

    assertThat(ScaledObjects.of(file(rendered))).containsOnlyKeys("mine");
  }

  @Test
  void whatCannotBeRead_isNamed() throws IOException {
    assertThatThrownBy(() -> ScaledObjects.of(file("kind: Service")))
        .hasMessageContaining("There is no ScaledObject in");
    assertThatThrownBy(() -> ScaledObjects.of(file("kind: [")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no YAML");
    assertThatThrownBy(
            () ->
                ScaledObjects.of(
                    file("kind: ScaledObject\nmetadata: {name: d}\nspec: {minReplicas: 3}")))
        .hasMessageContaining("The ScaledObject d of")
        .hasMessageContaining("minReplicas");
    assertThatThrownBy(
            () ->
                ScaledObjects.of(
                    file(
                        "kind: ScaledObject\nmetadata: {name: d}\nspec: {scaleTargetRef: {name: d}}")))
        .hasMessageContaining("it needs spec.pollingInterval");
  }
}
