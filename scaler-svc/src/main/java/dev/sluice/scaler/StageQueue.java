package dev.sluice.scaler;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.ModelName;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.kafka.Backlog.Standing;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The tasks on a stage's topic that its share group may not be done with. The broker says how many
 * of a partition are not done, and up to which one all are; which of those between are done it says
 * to nobody. Records are handed out in order, so those lie among the first: of as many as are done
 * or in work, the done ones are taken to be any. Safe for use by several threads.
 */
final class StageQueue {

  private record Entry(long offset, long timestamp, String model, double work) {}

  /**
   * What is not done.
   *
   * @param oldest when the oldest task was written, in milliseconds since 1970; empty for none
   * @param complete whether all of it was read
   */
  record Outstanding(Load load, OptionalLong oldest, boolean complete) {}

  private final Map<TopicPartition, Deque<Entry>> partitions = new HashMap<>();

  /** Takes a record of the topic; each partition's come in order. */
  void add(ConsumerRecord<byte[], byte[]> record) {
    Entry entry = entry(record);
    synchronized (this) {
      partitions
          .computeIfAbsent(
              new TopicPartition(record.topic(), record.partition()), any -> new ArrayDeque<>())
          .add(entry);
    }
  }

  /** One that cannot be read is work for somebody, too: a dead letter is to be written. */
  private static Entry entry(ConsumerRecord<byte[], byte[]> record) {
    Task task = Task.getDefaultInstance();
    try {
      task = record.value() == null ? task : Task.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      task = Task.getDefaultInstance();
    }
    double work = task.getStep().getWork();
    return new Entry(
        record.offset(),
        record.timestamp(),
        // A few names, of many tasks.
        ModelName.own(task.getHeader().getModel()).intern(),
        Double.isFinite(work) && work > 0 ? work : 0);
  }

  /**
   * @param standings of all partitions
   * @param inWork how many tasks workers have
   */
  synchronized Outstanding outstanding(Map<TopicPartition, Standing> standings, long inWork) {
    long tasks = standings.values().stream().mapToLong(Standing::lag).sum();
    Load load = new Load();
    OptionalLong oldest = OptionalLong.empty();
    boolean complete = true;
    for (Map.Entry<TopicPartition, Standing> one : standings.entrySet()) {
      Standing standing = one.getValue();
      Deque<Entry> entries = partitions.computeIfAbsent(one.getKey(), any -> new ArrayDeque<>());
      while (!entries.isEmpty() && entries.peek().offset() < standing.start()) {
        entries.remove();
      }
      long unread = standing.lag() - entries.size();
      complete &= unread <= 0;
      double here = tasks == 0 ? 0 : (double) inWork * standing.lag() / tasks;
      add(load, entries, Math.max(0, -unread), here);
      if (unread > 0) {
        addUnread(load, unread, entries.size());
      }
      if (standing.lag() > 0 && !entries.isEmpty()) {
        long written = entries.peek().timestamp();
        oldest = OptionalLong.of(Math.min(written, oldest.orElse(written)));
      }
    }
    return new Outstanding(load, oldest, complete);
  }

  /** The first {@code done + inWork} count for what of them is not done, all others whole. */
  private static void add(Load load, Deque<Entry> entries, long done, double inWork) {
    long handedOut = Math.min(entries.size(), done + (long) Math.ceil(inWork));
    double share = handedOut == 0 ? 1 : (double) (handedOut - done) / handedOut;
    Iterator<Entry> all = entries.iterator();
    for (long i = 0; all.hasNext(); i++) {
      Entry entry = all.next();
      double times = i < handedOut ? share : 1;
      if (times > 0) {
        load.add(entry.model(), entry.work(), times);
      }
    }
  }

  private static void addUnread(Load load, long unread, int read) {
    if (read > 0 && !load.isEmpty()) {
      load.grow((double) unread / read);
    } else {
      load.add("", 0, unread);
    }
  }
}
