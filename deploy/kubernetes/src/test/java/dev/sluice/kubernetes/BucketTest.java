package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Blobs in a bucket: all that make pictures reach the same one, and no volume is left. */
class BucketTest {

  @Test
  void whoMakesPicturesReachesTheBucket() {
    for (Deployment deployment : Manifests.deployments(Manifests.BUCKET)) {
      Map<String, EnvVar> variables =
          deployment.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream()
              .collect(Collectors.toMap(EnvVar::getName, variable -> variable));
      if (deployment.getMetadata().getName().equals("scaler")) {
        assertThat(variables).doesNotContainKeys("SLUICE_BLOBS", "AWS_SECRET_ACCESS_KEY");
      } else {
        assertThat(variables.get("SLUICE_BLOBS").getValue()).startsWith("s3://");
        for (String name : new String[] {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
          SecretKeySelector secret = variables.get(name).getValueFrom().getSecretKeyRef();
          assertThat(secret.getName()).isEqualTo("sluice-s3");
          assertThat(secret.getKey()).isEqualTo(name);
          assertThat(secret.getOptional()).isTrue();
        }
      }
    }
    assertThat(Manifests.of(Manifests.BUCKET, "PersistentVolumeClaim")).isEmpty();
  }

  @Test
  void whoHasModelsFromABucketReadsWhatWasBrought() {
    for (Deployment deployment : Manifests.deployments(Manifests.BUCKET)) {
      PodSpec pod = deployment.getSpec().getTemplate().getSpec();
      if (deployment.getMetadata().getName().equals("scaler")) {
        assertThat(pod.getInitContainers()).isEmpty();
        continue;
      }
      Container fetching = pod.getInitContainers().get(0);
      Container service = pod.getContainers().get(0);

      assertThat(fetching.getImage()).isEqualTo("sluice-gateway:0.1.0");
      assertThat(Sources.text(Manifests.HOME.resolve("deploy/image/run")))
          .contains("= " + fetching.getArgs().get(0));
      assertThat(value(fetching, "SLUICE_MODELS_FROM")).startsWith("s3://");
      assertThat(value(fetching, "SLUICE_MODELS")).isEqualTo(value(service, "SLUICE_MODELS"));
      assertThat(mounted(fetching)).containsAllEntriesOf(mounted(service));
      assertThat(fetching.getSecurityContext()).isEqualTo(service.getSecurityContext());
      long room =
          Quantity.getAmountInBytes(
                  pod.getVolumes().stream()
                      .filter(volume -> volume.getName().equals("models"))
                      .findFirst()
                      .orElseThrow()
                      .getEmptyDir()
                      .getSizeLimit())
              .longValue();
      assertThat(
              Quantity.getAmountInBytes(service.getResources().getLimits().get("ephemeral-storage"))
                  .longValue())
          .as("what the kubelet counts for the pod")
          .isGreaterThan(room);
    }
  }

  private static String value(Container container, String variable) {
    return container.getEnv().stream()
        .filter(one -> one.getName().equals(variable))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static Map<String, String> mounted(Container container) {
    return container.getVolumeMounts().stream()
        .filter(mount -> mount.getName().equals("models"))
        .collect(Collectors.toMap(VolumeMount::getName, VolumeMount::getMountPath));
  }

  @Test
  void theWayToItIsOpen() {
    NetworkPolicy policy =
        Manifests.of(Manifests.BUCKET, "NetworkPolicy")
            .map(Models::read)
            .map(NetworkPolicy.class::cast)
            .filter(one -> one.getMetadata().getName().equals("s3"))
            .findFirst()
            .orElseThrow();

    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Egress");
    assertThat(policy.getSpec().getEgress().get(0).getPorts())
        .anyMatch(port -> port.getPort().getIntVal().equals(443));
    assertThat(policy.getSpec().getPodSelector().getMatchExpressions())
        .singleElement()
        .satisfies(part -> assertThat(part.getValues()).containsExactly("gateway", "stage"));
  }
}
