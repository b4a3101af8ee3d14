package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
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
