package dev.sluice.gateway.door.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestJsonTest {

  private static GenerationRequest parse(String body) {
    return RequestJson.parse(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void parse_readsEveryField() throws Exception {
    GenerationRequest request =
        parse(
            """
            {"request_id": "r", "prompt": "a circle", "negative_prompt": "blue", "model": "m",
             "n": 2, "width": 64, "height": 32, "seed": 9223372036854775807,
             "prior": {"sampler": "DDIMScheduler", "eta": 0.5},
             "denoiser": {"steps": 12, "guidance_scale": 2.5, "dynamic_threshold": 1},
             "upscaler": [{"steps": 3}, {"timestep_spacing": "trailing"}],
             "preview_every_steps": 4, "timeout": "1.5s", "cancel_on_disconnect": true,
             "image": "AQ\\nID\\n", "mask": "BA==", "strength": 0.25, "class_label": 4294967295,
             "noise_level": 20, "variation": true, "prior_model": "p", "prior_candidates": 3,
             "interpolation": {"image": "BQ==", "position": 1}, "refiner_model": "f",
             "refiner_start": 0.75, "refiner": {"steps": 5}, "tenant": "t"}
            """);

    GenerationRequest.Builder expected = GenerationRequest.newBuilder();
    TextFormat.merge(
        """
        request_id: "r" prompt: "a circle" negative_prompt: "blue" model: "m"
        n: 2 width: 64 height: 32 seed: 9223372036854775807
        prior { sampler: "DDIMScheduler" eta: 0.5 }
        denoiser { steps: 12 guidance_scale: 2.5 dynamic_threshold: 1 }
        upscaler { steps: 3 } upscaler { timestep_spacing: "trailing" }
        preview_every_steps: 4 timeout { seconds: 1 nanos: 500000000 } cancel_on_disconnect: true
        image: "\\001\\002\\003" mask: "\\004" strength: 0.25 class_label: 4294967295
        noise_level: 20 variation: true prior_model: "p" prior_candidates: 3
        interpolation { image: "\\005" position: 1 } refiner_model: "f"
        refiner_start: 0.75 refiner { steps: 5 } tenant: "t"
        """,
        expected);
    assertThat(request).isEqualTo(expected.build());
  }

  @Test
  void parse_understandsOpenAisFields() {
    GenerationRequest request =
        parse(
            """
            {"prompt": "a circle", "n": 2, "size": "64x32", "response_format": "b64_json",
             "user": "someone", "steps": 12, "guidance_scale": 2.5, "denoiser": {"eta": 0.5}}
            """);

    assertThat(request.getWidth()).isEqualTo(64);
    assertThat(request.getHeight()).isEqualTo(32);
    assertThat(request.getTenant()).isEqualTo("someone");
    assertThat(request.getDenoiser())
        .isEqualTo(
            SamplingSettings.newBuilder().setSteps(12).setGuidanceScale(2.5).setEta(0.5).build());
  }

  /** A property of the message, so a field that is added to it is under test too. */
  @Test
  void parse_readsWhatJsonFormatWritesOfEveryField() throws Exception {
    Message request = filled(GenerationRequest.newBuilder());

    assertThat(parse(JsonFormat.printer().print(request))).isEqualTo(request);
    assertThat(parse(JsonFormat.printer().preservingProtoFieldNames().print(request)))
        .isEqualTo(request);
  }

  private static Message filled(Message.Builder message) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      Object value =
          switch (field.getJavaType()) {
            case STRING -> "text of " + field.getName();
            case BOOLEAN -> true;
            case INT -> 7;
            case LONG -> 7L;
            case DOUBLE -> 0.5;
            case FLOAT -> 0.5f;
            case BYTE_STRING -> ByteString.copyFromUtf8(field.getName());
            case MESSAGE -> filled(message.newBuilderForField(field));
            case ENUM -> field.getEnumType().findValueByNumber(1);
          };
      if (field.isRepeated()) {
        message.addRepeatedField(field, value);
      } else {
        message.setField(field, value);
      }
    }
    return message.build();
  }

  @Test
  void parse_leavesOutWhatIsNull() {
    GenerationRequest request =
        parse("{\"prompt\":\"x\",\"seed\":null,\"size\":null,\"steps\":null,\"denoiser\":null}");

    assertThat(request).isEqualTo(GenerationRequest.newBuilder().setPrompt("x").build());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\":1}|prompt",
        "{\"prompt\":\"x\",\"n\":0}|n",
        "{\"prompt\":\"x\",\"n\":-1}|n",
        "{\"prompt\":\"x\",\"n\":4294967296}|n",
        "{\"prompt\":\"x\",\"n\":1.5}|n",
        "{\"prompt\":\"x\",\"n\":\"2\"}|n",
        "{\"prompt\":\"x\",\"seed\":9223372036854775808}|seed",
        "{\"prompt\":\"x\",\"seed\":\"seven\"}|seed",
        "{\"prompt\":\"x\",\"steps\":\"many\"}|denoiser.steps",
        "{\"prompt\":\"x\",\"steps\":5,\"denoiser\":{\"steps\":5}}|steps",
        "{\"prompt\":\"x\",\"steps\":5,\"denoiser\":[]}|denoiser",
        "{\"prompt\":\"x\",\"denoiser\":{\"guidanceScale\":1,\"guidance_scale\":2}}|denoiser.guidance_scale",
        "{\"prompt\":\"x\",\"prior\":{\"stepz\":5}}|prior.stepz",
        "{\"prompt\":\"x\",\"upscaler\":{\"steps\":5}}|upscaler",
        "{\"prompt\":\"x\",\"upscaler\":[{},{\"steps\":\"5\"}]}|upscaler[1].steps",
        "{\"prompt\":\"x\",\"size\":\"64\"}|size",
        "{\"prompt\":\"x\",\"size\":\"0x64\"}|size",
        "{\"prompt\":\"x\",\"size\":[64,64]}|size",
        "{\"prompt\":\"x\",\"size\":\"64x64\",\"width\":64}|size",
        "{\"prompt\":\"x\",\"guidance_scale\":\"high\"}|denoiser.guidance_scale",
        "{\"prompt\":\"x\",\"response_format\":\"url\"}|response_format",
        "{\"prompt\":\"x\",\"seeds\":1}|seeds",
        "{\"prompt\":\"x\",\"image\":\"not base64!\"}|image",
        "{\"prompt\":\"x\",\"variation\":1}|variation",
        "{\"prompt\":\"x\",\"timeout\":30}|timeout",
        "{\"prompt\":\"x\",\"keep\":[\"prior\"]}|keep[0]",
        "{\"from\":{\"stage\":2}}|from.stage",
        "{\"prompt\":\"x\",\"timeout\":\"soon\"}|timeout",
        "{\"prompt\":\"x\",\"interpolation\":{\"prompt\":\"y\",\"image\":\"\"}}|interpolation.image",
        "[]|''",
        "{|''",
        "''|''"
      })
  void parse_refusesByTheNameOfTheField(String body, String field) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo(field));
  }

  @Test
  void parse_saysWhichFieldsThereAre() {
    assertThatThrownBy(() -> parse("{\"prior\": {\"stepz\": 5}}"))
        .hasMessageStartingWith("There is no field 'prior.stepz'; there are [cache_interval,")
        .hasMessageContaining(" steps,");
  }

  @ParameterizedTest
  @CsvSource({
    "stepz, steps",
    "num_inference_steps, steps",
    "sampler, denoiser.sampler",
    "sampler_name, denoiser.sampler",
    "etta, denoiser.eta",
    "images, image",
    "init_image, image",
    "negativeprompt, negative_prompt",
    "Size, size"
  })
  void parse_saysWhichFieldIsMeant(String given, String meant) {
    assertThatThrownBy(() -> parse("{\"prompt\": \"x\", \"%s\": 1}".formatted(given)))
        .hasMessageEndingWith("]. Did you mean %s?".formatted(meant));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\":\"x\",}|at line 1, column 15 ('}')",
        "{'prompt':'x'}|at line 1, column 2 (''prompt':'x'}')",
        "{\"prompt\":\"x\"} {}|something follows its end at line 1, column 16",
        "{\"prompt\":\"x\"} xyz|at line 1, column",
        "{\"prompt\":\"x|ends too early",
        "{\"seed\":01}|at line 1, column",
        "{\"seed\":+1}|at line 1, column",
        "{\"seed\":.5}|at line 1, column",
        "// x|at line 1, column",
        "prompt=x&n=1|at line 1, column"
      })
  void parse_saysWhereATextIsNoJson(String body, String where) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith("The request is not JSON: ")
        .hasMessageContaining(where)
        .message()
        .doesNotContain("com.fasterxml", "Feature", "Token", "code ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\":\"x\",\"prompt\":\"y\"}|prompt",
        "{\"denoiser\":{\"steps\":1,\"eta\":0,\"steps\":2}}|denoiser.steps",
        "{\"upscaler\":[{},{\"steps\":1,\"steps\":2}]}|upscaler[1].steps",
        "{\"denoiser\":{},\"denoiser\":{}}|denoiser"
      })
  void parse_namesWhatIsGivenTwice(String body, String field) {
    assertThatThrownBy(() -> parse(body))
        .hasMessage("The field %s is given twice.".formatted(field))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo(field));
  }

  @Test
  void parse_refusesWhatNobodyWrites() {
    for (String body :
        new String[] {
          "[".repeat(2000) + "]".repeat(2000), "{\"seed\":%s}".formatted("9".repeat(5000))
        }) {
      assertThatThrownBy(() -> parse(body))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("more than 1000 digits")
          .message()
          .doesNotContain("Constraints");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE"})
  void parse_saysThatItIsUtf16(String charset) {
    byte[] body = "{\"prompt\":\"x\"}".getBytes(java.nio.charset.Charset.forName(charset));

    assertThatThrownBy(() -> RequestJson.parse(body))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("UTF-16");
  }

  @ParameterizedTest
  @CsvSource({
    "n, from 1 to 16",
    "width, of pixels",
    "steps, from 1 to 1000",
    "class_label, from 0 on"
  })
  void parse_saysWhichNumbersAFieldTakes(String field, String allowed) {
    for (String value : new String[] {"-1", "1.5", "4294967296", "\"2\"", "true"}) {
      String quotes = value.startsWith("\"") ? ", without quotes" : "";
      assertThatThrownBy(() -> parse("{\"prompt\": \"x\", \"%s\": %s}".formatted(field, value)))
          .hasMessageEndingWith(
              "%s must be a whole number %s%s.".formatted(field, allowed, quotes));
    }
  }

  @Test
  void parse_offersNoConstantThatMeansNothing() {
    for (String stage : new String[] {"STAGE_UNSPECIFIED", "prior"}) {
      assertThatThrownBy(() -> parse("{\"keep\": [\"%s\"]}".formatted(stage)))
          .hasMessage("The field keep[0] must be one of TEXT_ENCODER, PRIOR, DENOISER, UPSCALER.");
    }
  }

  @Test
  void parse_keepsNaNForTheCheckOfTheField() {
    GenerationRequest request = parse("{\"prompt\":\"x\",\"guidance_scale\":NaN}");

    assertThat(request.getDenoiser().getGuidanceScale()).isNaN();
  }

  @Test
  void parse_takesAPictureOfManyMegabytes() {
    String base64 = "AAAA".repeat(5 << 20);

    GenerationRequest request = parse("{\"image\":\"" + base64 + "\"}");

    assertThat(request.getImage().size()).isEqualTo(15 << 20);
  }

  @Property
  void parse_failsWithARequestExceptionOrNotAtAll(@ForAll String body) {
    try {
      assertThat(parse(body)).isNotNull();
    } catch (RequestException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1",
    "1e3, 1000",
    "-0.0, 0",
    "12.50e2, 1250",
    "9223372036854775807.0, 9223372036854775807"
  })
  void parse_takesWholeNumbersHoweverTheyAreWritten(String written, long seed) {
    assertThat(parse("{\"seed\": %s, \"n\": 2.0}".formatted(written)))
        .isEqualTo(GenerationRequest.newBuilder().setSeed(seed).setN(2).build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.5",
        "1e30",
        "1e999999999",
        "1e-999999999",
        "1e99999999999",
        "NaN",
        "\"\"",
        "true"
      })
  void parse_saysThatASeedIsRandomWithoutOne(String written) {
    assertThatThrownBy(() -> parse("{\"seed\": %s}".formatted(written)))
        .isInstanceOf(RequestException.class)
        .hasMessageMatching(".*(random|too long|Malformed|out of range|exponent).*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+/8=",
        "+/8",
        "-_8=",
        "-_8",
        "+/\\n8=\\r\\n",
        " +/8=",
        "data:image/png;base64,+/8=",
        "data:;base64,-_8",
        "DATA:image/webp;charset=utf-8;BASE64,+/8=",
        "data:image/png; base64, +/8=",
        " data:image/png;base64,%2B%2f8%3D"
      })
  void parse_readsBase64AsItIsUsuallyWritten(String image) {
    assertThat(parse("{\"image\": \"" + image + "\"}").getImage())
        .isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xfb, (byte) 0xff}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data:image/png,abc",
        "http://example.org/a.png",
        "data:image/png;base64",
        "ä",
        "data:x;base64,%"
      })
  void parse_refusesWhatIsNoFile(String image) {
    assertThatThrownBy(() -> parse("{\"image\": \"%s\"}".formatted(image)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("base64, or a data URL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"data:image/png;base64,", "", " "})
  void parse_refusesAnEmptyFile(String file) {
    assertThatThrownBy(() -> parse("{\"image\": \"%s\"}".formatted(file)))
        .hasMessage("The image is an empty file; leave the field out if there is none.")
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo("image"));
  }

  @Test
  void parse_passesOverAByteOrderMark() {
    assertThat(parse("\ufeff {\"prompt\": \"x\"}").getPrompt()).isEqualTo("x");
  }

  @Test
  void parse_refusesWhatIsNotUtf8() {
    byte[] latin = "{\"prompt\": \"ä\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> RequestJson.parse(latin))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"n\": 1} x", "{\"n\": 1, \"n\": 2}", "{\"n\": 1}{}"})
  void parse_refusesWhatHasTwoMeanings(String body) {
    assertThatThrownBy(() -> parse(body)).isInstanceOf(RequestException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"quality\":\"auto\"",
        "\"style\":null",
        "\"background\":\"auto\"",
        "\"moderation\":\"auto\"",
        "\"output_format\":\"png\"",
        "\"stream\":false",
        "\"size\":\"auto\"",
        "\"n\":null",
        "\"user\":null",
        "\"output_compression\":100",
        "\"partial_images\":0"
      })
  void parse_takesWhatAsksForNothingSpecial(String field) {
    assertThat(parse("{\"prompt\":\"x\", " + field + "}"))
        .isEqualTo(GenerationRequest.newBuilder().setPrompt("x").build());
  }

  @ParameterizedTest
  @CsvSource({
    "quality, \"hd\"", "style, \"vivid\"", "background, \"transparent\"",
    "output_format, \"webp\"", "stream, true", "partial_images, 2"
  })
  void parse_refusesWhatThereIsNoChoiceOf(String field, String value) {
    assertThatThrownBy(() -> parse("{\"%s\": %s}".formatted(field, value)))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo(field));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompt|12|\"12\"",
        "prompt|''|\"\"",
        "negative_prompt|''|",
        "n|2|2",
        "n|two|\"two\"",
        "n|' '|",
        "stream|true|true",
        "seed|9223372036854775807|9223372036854775807",
        "size|64x64|\"64x64\"",
        "timeout|30s|\"30s\"",
        "user|7|\"7\"",
        "denoiser|{\"steps\": 5}|{\"steps\":5}",
        "keep|[\"PRIOR\"]|[\"PRIOR\"]",
        "image|AQID|\"AQID\""
      })
  void valueOf_readsATextAsItsFieldNeedsIt(String field, String text, String expected) {
    JsonNode value = RequestJson.valueOf(field, text);

    assertThat(value == null ? null : value.toString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"requestId\":\"a\", \"prompt\": |a",
        "{\"from\":{\"requestId\":\"b\"}, \"request_id\":\"a\", x|a",
        "{\"prompt\": oops, \"request_id\": \"a\"}|a",
        "{\"from\":{\"requestId\":\"b\"}, oops|",
        "{\"requestId\":\"not a name\"}|",
        "[1]|",
        "|"
      })
  void idIn_findsTheIdOfWhatCannotBeRead(String body, String id) {
    byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);

    assertThat(RequestJson.idIn(bytes).orElse(null)).isEqualTo(id);
  }
}
