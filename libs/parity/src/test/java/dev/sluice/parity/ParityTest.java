package dev.sluice.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table and the verdict, for good packs and damaged ones. */
class ParityTest {

  private static final String SAMPLER = "schedulers/euler-karras";
  private static final String RECORDING = "golden.safetensors";

  @TempDir private Path temp;

  private record Report(boolean passed, List<String> lines) {

    String line(String part) {
      assertThat(lines).anyMatch(line -> line.contains(part));
      return lines.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }
  }

  private static Report run(Path... folders) throws InterruptedException {
    StringWriter out = new StringWriter();
    boolean passed = Parity.run(List.of(folders), new PrintWriter(out));
    String text = out.toString();
    assertThat(text).doesNotContain("\tat ");
    return new Report(passed, text.lines().toList());
  }

  private static Path given(String pack) {
    return PackCopy.GOLDENS.resolve(pack);
  }

  @Test
  void run_printsARowForEveryOutputOfEveryKindOfPack() throws Exception {
    Report report =
        run(
            given("unet2d-ddpm"),
            given("vae-sd-legacykeys"),
            given("tokenizer-clip"),
            given(SAMPLER),
            given("torch-rng"));

    assertThat(report.passed()).as(report.toString()).isTrue();
    assertThat(report.line("out.logvar")).containsPattern("\\d\\.\\de-\\d\\d +5\\.0e-05  pass");
    assertThat(report.line("padded77")).containsPattern("0 +0  pass");
    assertThat(report.lines()).last().isEqualTo("5 packs: 5 passed, 0 failed");
  }

  @Test
  void run_findsThePacksBelowAFolder() throws Exception {
    PackCopy.of("schedulers/lcm", temp);
    PackCopy.of("schedulers/ddpm", temp);

    Report report = run(temp);

    assertThat(report.passed()).isTrue();
    assertThat(report.line("schedulers/lcm")).endsWith("pass");
    assertThat(report.lines()).last().isEqualTo("2 packs: 2 passed, 0 failed");
  }

  @Test
  void run_failsOnAnOutputThatIsOff_andNamesTheFirstStep() throws Exception {
    PackCopy pack = PackCopy.of(SAMPLER, temp);
    pack.change(RECORDING, "out.prev_sample", 3 * 2 * 3 * 4 * 4 + 5, value -> value + 1);

    Report report = run(pack.folder());

    assertThat(report.passed()).isFalse();
    assertThat(report.line("out.prev_sample")).endsWith("FAIL");
    assertThat(report.line("out.scaled_input")).endsWith("pass");
    assertThat(report.line("first that is off")).contains("out.prev_sample of step 3");
  }

  @Test
  void run_failsOnAComponentWhoseOutputIsOff() throws Exception {
    PackCopy pack = PackCopy.of("unet2d-ddpm", temp);
    pack.change(RECORDING, "out.sample", 3, value -> value * 1.5f + 1);

    Report report = run(pack.folder(), given(SAMPLER));

    assertThat(report.passed()).isFalse();
    assertThat(report.line("out.sample ")).contains("FAIL");
    assertThat(report.lines()).last().isEqualTo("2 packs: 1 passed, 1 failed");
  }

  @Test
  void run_failsOnWrongRandomNumbers_inTheLastBit() throws Exception {
    PackCopy pack = PackCopy.of("torch-rng", temp);
    pack.change(RECORDING, "gen.seed42.call3.2", 1, Math::nextUp);

    Report report = run(pack.folder());

    assertThat(report.passed()).isFalse();
    assertThat(report.line("  gen ")).contains("FAIL");
    assertThat(report.line("first that is off")).contains("gen.seed42.call3.2");
  }

  @Test
  void run_failsOnAWrongToken() throws Exception {
    PackCopy pack = PackCopy.of("tokenizer-clip", temp);
    pack.edit("about.json", text -> text.replaceFirst("320", "321"));

    Report report = run(pack.folder());

    assertThat(report.passed()).isFalse();
    assertThat(report.line("first that is off"))
        .contains("ids of case 0", "astronaut", "the reference has [321");
  }

  @Test
  void run_failsOnASeedThatIsNotTheRecordings_andNamesTheFirstStep() throws Exception {
    PackCopy pack = PackCopy.of("pipe-unclip", temp);
    pack.edit("about.json", text -> text.replaceFirst("\"seed\": 842", "\"seed\": 843"));

    Report report = run(pack.folder());

    assertThat(report.passed()).isFalse();
    assertThat(report.line("txt2img: out.image")).contains("FAIL");
    assertThat(report.line("first that is off"))
        .contains("mid.prior_scheduler.model_output of step 0");
  }

  @Test
  void run_saysWhichTensorIsMissing() throws Exception {
    PackCopy pack = PackCopy.of(SAMPLER, temp);
    pack.remove(RECORDING, "out.prev_sample");

    assertUnreadable(pack, RECORDING, "out.prev_sample");
  }

  @Test
  void run_saysWhichInputOfAComponentIsMissing() throws Exception {
    PackCopy pack = PackCopy.of("unet2d-ddpm", temp);
    pack.remove(RECORDING, "in.sample");

    assertUnreadable(pack, RECORDING, "in.sample");
  }

  @Test
  void run_saysWhichFileIsTruncated() throws Exception {
    PackCopy pack = PackCopy.of("unet2d-ddpm", temp);
    Path weights = pack.file("diffusion_pytorch_model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length / 2));

    assertUnreadable(pack, label(weights));
  }

  @Test
  void run_saysWhichFileIsMissing() throws Exception {
    for (String file : List.of(RECORDING, "scheduler_config.json", "about.json")) {
      PackCopy pack = PackCopy.of(SAMPLER, temp.resolve(file));
      Files.delete(pack.file(file));

      assertUnreadable(pack, label(pack.file(file)));
    }
  }

  @Test
  void run_saysWhichJsonIsMalformed() throws Exception {
    for (String file : List.of("scheduler_config.json", "about.json")) {
      PackCopy pack = PackCopy.of(SAMPLER, temp.resolve(file));
      pack.edit(file, text -> text.substring(0, text.length() / 2));

      assertUnreadable(pack, label(pack.file(file)), "not valid JSON");
    }
  }

  @Test
  void run_saysThatAKindIsNotKnown() throws Exception {
    PackCopy pack = PackCopy.of(SAMPLER, temp);
    Files.writeString(pack.file("about.json"), "{\"pack\": \"novel\"}");

    assertUnreadable(pack, "no known kind", "\"calls\" (a component)");
  }

  @Test
  void run_saysThatAClassCannotBeRun() throws Exception {
    PackCopy pipeline = PackCopy.of("pipe-unclip", temp);
    pipeline.edit("about.json", text -> text.replace("UnCLIPPipeline", "NovelPipeline"));
    assertUnreadable(pipeline, "NovelPipeline", "cannot be run");

    PackCopy sampler = PackCopy.of(SAMPLER, temp);
    sampler.edit("scheduler_config.json", text -> text.replace("EulerDiscrete", "NovelDiscrete"));
    assertUnreadable(sampler, "NovelDiscreteScheduler");
  }

  @Test
  void run_refusesArgumentsThatItWouldIgnore() throws Exception {
    PackCopy sampler = PackCopy.of("schedulers/ddim-eta", temp);
    sampler.edit("about.json", text -> text.replace("\"eta\"", "\"beta\""));
    assertUnreadable(sampler, "step_kwargs", "beta");

    PackCopy pipeline = PackCopy.of("pipe-unclip", temp);
    pipeline.edit("about.json", text -> text.replace("\"output_type\"", "\"callback\""));
    assertUnreadable(pipeline, "callback");
  }

  @Test
  void run_saysThatThereIsNoPack() throws Exception {
    assertThat(run(temp.resolve("nowhere")).line("nowhere")).endsWith("no such folder");
    assertThat(run(temp).line(temp.toString())).contains("holds no pack");
    Path file = Files.writeString(temp.resolve("about.json"), "{}");
    assertThat(run(file).line("about.json")).endsWith("not a folder");
    assertThat(run(file).passed()).isFalse();
  }

  /** Sentences about a model's files are also told to clients, who see no path of the machine. */
  private static String label(Path file) {
    return file.getParent().getFileName() + "/" + file.getFileName();
  }

  private static void assertUnreadable(PackCopy pack, String... reasons) throws Exception {
    Report report = run(pack.folder());

    assertThat(report.passed()).isFalse();
    assertThat(report.line("cannot be run")).contains(reasons).contains("FAIL");
    assertThat(report.lines()).last().isEqualTo("1 pack: 0 passed, 1 failed");
  }
}
