package dev.sluice.stage.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A key and its certificate for this machine, signed by itself, as the JDK's keytool makes them.
 *
 * @param keyStore both, in PKCS 12
 * @param pem the certificate as text
 */
public record TestCertificate(Path keyStore, String pem) {

  public static final String PASSWORD = "of the key store";

  /** Makes one in a folder. */
  public static TestCertificate make(Path folder) throws IOException, InterruptedException {
    Path store = folder.resolve("broker.p12");
    keytool(
        store,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=broker",
        "-ext",
        "san=ip:127.0.0.1",
        "-validity",
        "1");
    return new TestCertificate(store, keytool(store, "-exportcert", "-rfc"));
  }

  private static String keytool(Path store, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-alias",
            "broker",
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("keytool: %s", said).isZero();
    return said;
  }
}
