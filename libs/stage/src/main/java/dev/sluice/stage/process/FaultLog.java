package dev.sluice.stage.process;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/** Logs faults that may come by the hundred: a line for each, the stack trace once. */
public final class FaultLog {

  private static final int REMEMBERED = 64;

  private final Logger log;
  private final Map<String, Boolean> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  public FaultLog(Logger log) {
    this.log = log;
  }

  public void tell(String what, Throwable fault) {
    if (isNew(fault)) {
      log.error(what, fault);
    } else {
      log.error("{}: {} (as before)", what, fault.toString());
    }
  }

  /** The same exception from the same place. */
  private synchronized boolean isNew(Throwable fault) {
    StackTraceElement[] trace = fault.getStackTrace();
    String place = trace.length == 0 ? "" : trace[0].toString();
    return seen.put(fault.getClass().getName() + " at " + place, true) == null;
  }
}
