package dev.sluice.kubernetes;

import java.util.List;
import java.util.Map;

/** The fields of Strimzi's resources (API version v1) that are in use, and no others. */
final class Strimzi {

  private Strimzi() {}

  record Metadata(
      String name, String namespace, Map<String, String> labels, Map<String, String> annotations) {}

  record Authentication(String type) {}

  record Kafka(String apiVersion, String kind, Metadata metadata, KafkaSpec spec) {}

  record KafkaSpec(Cluster kafka, EntityOperator entityOperator) {}

  record Cluster(String version, List<Listener> listeners, Map<String, String> config) {}

  record Listener(String name, int port, String type, boolean tls, Authentication authentication) {}

  record EntityOperator(Empty topicOperator, Empty userOperator) {}

  record Empty() {}

  record KafkaNodePool(String apiVersion, String kind, Metadata metadata, NodePoolSpec spec) {}

  record NodePoolSpec(int replicas, List<String> roles, Resources resources, Storage storage) {}

  record Resources(Map<String, String> requests, Map<String, String> limits) {}

  record Storage(String type, List<Volume> volumes) {}

  record Volume(int id, String type, String size, String kraftMetadata, boolean deleteClaim) {}

  record KafkaTopic(String apiVersion, String kind, Metadata metadata, TopicSpec spec) {}

  record TopicSpec(int partitions, int replicas, Map<String, String> config) {}

  record KafkaUser(String apiVersion, String kind, Metadata metadata, UserSpec spec) {}

  record UserSpec(Authentication authentication) {}
}
