package dev.sluice.launcher.care;

import dev.sluice.launcher.care.Finding.Severity;
import dev.sluice.launcher.console.JsonLines;
import dev.sluice.launcher.instance.LocalInstance;
import dev.sluice.launcher.instance.SluiceHome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice doctor}: what is wrong, and what to do about it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Look at the machine, the build, the models and what is up: what is wrong, and what to do.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:nothing stands in the way", "1:something is wrong"})
public final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Folder that holds the model folders (default: the models that ship).")
  private Path models;

  @Option(names = "--json", description = "A JSON object in a line for each finding, for programs.")
  private boolean json;

  @Override
  public Integer call() {
    SluiceHome home = SluiceHome.locate();
    InstanceChecks instance = new InstanceChecks(home);
    List<Finding> findings = new ArrayList<>();
    findings.add(MachineChecks.java());
    findings.add(MachineChecks.platform());
    findings.add(MachineChecks.processor(MachineChecks.flags()));
    findings.add(MachineChecks.gpu());
    findings.add(MachineChecks.memory(Memory.available()));
    findings.add(MachineChecks.disk(home.state()));
    findings.addAll(MachineChecks.nativeLibraries());
    findings.add(instance.services());
    findings.addAll(instance.models(models == null ? home.models() : models));
    findings.addAll(instance.ports(LocalInstance.USUAL_PORTS));
    findings.add(instance.broker());
    findings.addAll(instance.running());
    print(findings);
    return findings.stream().anyMatch(finding -> finding.severity() == Severity.WRONG) ? 1 : 0;
  }

  private void print(List<Finding> findings) {
    PrintWriter out = spec.commandLine().getOut();
    for (Finding finding : findings) {
      if (json) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("subject", finding.subject());
        object.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        object.put("found", finding.found());
        object.put("advice", finding.advice());
        out.print(JsonLines.line(object));
        continue;
      }
      out.printf("%-7s %s: %s%n", mark(finding.severity()), finding.subject(), finding.found());
      if (!finding.advice().isEmpty()) {
        out.printf("        %s%n", finding.advice());
      }
    }
    out.flush();
  }

  private static String mark(Severity severity) {
    return switch (severity) {
      case GOOD -> "ok";
      case REMARK -> "remark";
      case WRONG -> "WRONG";
    };
  }
}
