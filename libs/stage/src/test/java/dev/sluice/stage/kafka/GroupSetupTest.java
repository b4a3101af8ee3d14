package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.Topics;
import dev.sluice.stage.rig.KafkaForTests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaForTests.class)
class GroupSetupTest {

  private final KafkaForTests.Address kafka;

  GroupSetupTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @Test
  void prepare_makesTopicsAndConfiguresTheGroup() throws Exception {
    GroupSetup.prepare(kafka.settings(), "a-group", "a-topic", Duration.ofSeconds(7));

    try (Admin admin = Admin.create(kafka.settings())) {
      assertThat(admin.listTopics().names().get())
          .contains("a-topic", "dlq.a-topic", Topics.RESULTS, Topics.EVENTS, Topics.CONTROL);
      ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, "a-group");
      Config group = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      assertThat(group.get("share.auto.offset.reset").value()).isEqualTo("earliest");
      assertThat(group.get("share.record.lock.duration.ms").value()).isEqualTo("7000");
      assertThat(group.get("share.delivery.count.limit").value()).isEqualTo("10");
      assertThat(group.get("errors.deadletterqueue.topic.name").value()).isEqualTo("dlq.a-topic");
    }
  }

  @Test
  void prepare_mayBeDoneByManyProcessesAtOnceAndAgain() throws Exception {
    ExecutorService processes = Executors.newFixedThreadPool(4);
    List<Future<?>> prepared = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      prepared.add(
          processes.submit(
              () ->
                  GroupSetup.prepare(
                      kafka.settings(), "b-group", "b-topic", Duration.ofSeconds(7))));
    }
    for (Future<?> one : prepared) {
      one.get();
    }
    processes.shutdown();
  }

  @Test
  void prepare_saysWhatCouldNotBeSetUp() {
    Map<String, Object> nobody =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:1",
            "default.api.timeout.ms",
            500,
            "request.timeout.ms",
            500);

    assertThatThrownBy(() -> GroupSetup.prepare(nobody, "c-group", "c", Duration.ofSeconds(7)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the share group c-group could not be set up");
  }
}
