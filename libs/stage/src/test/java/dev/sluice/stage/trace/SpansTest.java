package dev.sluice.stage.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.stage.rig.Tasks;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpansTest {

  private final InMemorySpanExporter told = InMemorySpanExporter.create();

  @BeforeEach
  void forgetOthers() {
    GlobalOpenTelemetry.resetForTest();
  }

  @AfterEach
  void leaveNothingBehind() {
    GlobalOpenTelemetry.resetForTest();
  }

  private void trace() {
    GlobalOpenTelemetry.set(
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(told))
                    .build())
            .build());
  }

  private static String current(String traceParent) {
    return Spans.in("work", SpanKind.CONSUMER, traceParent, TraceParent::current);
  }

  @Test
  void withoutATracer_theParentGoesOn_orATraceBegins() {
    assertThat(current(Tasks.TRACE)).isEqualTo(Tasks.TRACE);
    assertThat(TraceParent.isValid(current(null))).isTrue();
    assertThat(TraceParent.isValid(current("nonsense"))).isTrue();
  }

  @Test
  void aSpan_isAPartOfTheTraceThatItComesWith_andTheParentOfWhatFollows() {
    trace();

    String following = current(Tasks.TRACE);
    String last = current(following);

    assertThat(told.getFinishedSpanItems())
        .extracting(SpanData::getTraceId)
        .containsExactly("0af7651916cd43dd8448eb211c80319c", "0af7651916cd43dd8448eb211c80319c");
    assertThat(told.getFinishedSpanItems())
        .extracting(SpanData::getParentSpanId)
        .containsExactly("b7ad6b7169203331", following.substring(36, 52));
    assertThat(last).isNotEqualTo(following);
  }

  @Test
  void aSpanOfNoTrace_begins_onlyWithoutAParent() {
    trace();

    assertThat(TraceParent.isValid(current(null))).isTrue();

    assertThat(told.getFinishedSpanItems())
        .singleElement()
        .satisfies(span -> assertThat(span.getParentSpanContext().isValid()).isFalse());
  }

  @Test
  void whatACallerDoesNotSample_isNotTold_butGoesOn() {
    trace();
    String unsampled = Tasks.TRACE.replaceAll("01$", "00");

    assertThat(current(unsampled)).startsWith(Tasks.TRACE.substring(0, 35)).endsWith("-00");

    assertThat(told.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void aFault_isToldAndThrown() {
    trace();

    assertThatThrownBy(
            () ->
                Spans.in(
                    "work",
                    SpanKind.CONSUMER,
                    null,
                    () -> {
                      Spans.note("sluice.model", "toy");
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");

    SpanData span = told.getFinishedSpanItems().get(0);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getEvents()).hasSize(1);
    assertThat(span.getAttributes().asMap().values()).contains("toy");
  }

  @Test
  void spansGoToTheCollectorThatTheEnvironmentNames() throws Exception {
    CompletableFuture<String> received = new CompletableFuture<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        call -> {
          received.complete(
              new String(call.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
          call.sendResponseHeaders(200, -1);
          call.close();
        });
    collector.start();
    try {
      OpenTelemetrySdk sdk =
          TracingSetup.of(
                  Map.of(
                      "OTEL_EXPORTER_OTLP_ENDPOINT",
                      "http://127.0.0.1:" + collector.getAddress().getPort()),
                  "sluice-denoiser")
              .orElseThrow();
      GlobalOpenTelemetry.set(sdk);
      current(Tasks.TRACE);
      sdk.close();

      assertThat(received.get(10, TimeUnit.SECONDS)).contains("sluice-denoiser", "work");
    } finally {
      collector.stop(0);
    }
  }

  @Test
  void withoutACollector_nothingIsStarted() {
    assertThat(TracingSetup.of(Map.of("OTEL_SERVICE_NAME", "x"), "sluice")).isEmpty();
  }
}
