package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SchedulerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes and schedulers as the best-known checkpoints have them, down to what is beside. */
class PublishedModelsTest {

  private static final String CLIP = "text_encoder=CLIPTextModel tokenizer=CLIPTokenizer ";
  private static final String CLIP_2 =
      "text_encoder_2=CLIPTextModelWithProjection tokenizer_2=CLIPTokenizer ";
  private static final String UNET = "unet=UNet2DConditionModel vae=AutoencoderKL ";
  private static final String CHECKED =
      "feature_extractor=CLIPImageProcessor safety_checker=StableDiffusionSafetyChecker ";
  private static final String UNCHECKED =
      "feature_extractor=CLIPImageProcessor safety_checker=null ";

  @TempDir private Path models;

  static Stream<Arguments> published() {
    return Stream.of(
        arguments(
            "Stable Diffusion 1.5",
            "StableDiffusionPipeline scheduler=PNDMScheduler " + CLIP + UNET + CHECKED,
            PipelineClass.STABLE_DIFFUSION),
        arguments(
            "Stable Diffusion 1, painting",
            "StableDiffusionInpaintPipeline scheduler=DDIMScheduler " + CLIP + UNET + CHECKED,
            PipelineClass.STABLE_DIFFUSION_INPAINT),
        arguments(
            "Stable Diffusion 2.1",
            "StableDiffusionPipeline scheduler=DDIMScheduler " + CLIP + UNET + UNCHECKED,
            PipelineClass.STABLE_DIFFUSION),
        arguments(
            "Stable Diffusion 2, painting",
            "StableDiffusionInpaintPipeline scheduler=PNDMScheduler " + CLIP + UNET + UNCHECKED,
            PipelineClass.STABLE_DIFFUSION_INPAINT),
        arguments(
            "Stable Diffusion, four times larger",
            "StableDiffusionUpscalePipeline scheduler=DDIMScheduler low_res_scheduler=DDPMScheduler "
                + CLIP
                + UNET,
            PipelineClass.STABLE_DIFFUSION_UPSCALE),
        arguments(
            "SDXL",
            "StableDiffusionXLPipeline scheduler=EulerDiscreteScheduler " + CLIP + CLIP_2 + UNET,
            PipelineClass.STABLE_DIFFUSION_XL),
        arguments(
            "SDXL's refiner, which has the second text encoder only",
            "StableDiffusionXLImg2ImgPipeline scheduler=EulerDiscreteScheduler text_encoder=null"
                + " tokenizer=null "
                + CLIP_2
                + UNET,
            PipelineClass.STABLE_DIFFUSION_XL_IMAGE),
        arguments(
            "Playground 2.5",
            "StableDiffusionXLPipeline scheduler=EDMDPMSolverMultistepScheduler image_encoder=null"
                + " feature_extractor=null "
                + CLIP
                + CLIP_2
                + UNET,
            PipelineClass.STABLE_DIFFUSION_XL),
        arguments(
            "Stable Diffusion 3",
            "StableDiffusion3Pipeline scheduler=FlowMatchEulerDiscreteScheduler"
                + " text_encoder=CLIPTextModelWithProjection tokenizer=CLIPTokenizer "
                + CLIP_2
                + "text_encoder_3=T5EncoderModel tokenizer_3=T5TokenizerFast"
                + " transformer=SD3Transformer2DModel vae=AutoencoderKL",
            PipelineClass.STABLE_DIFFUSION_3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("published")
  void open_knowsPublishedModelsByTheirIndexes(String model, String index, PipelineClass expected)
      throws IOException {
    String[] words = index.strip().split(" +");
    Path folder = write(words[0], Arrays.asList(words).subList(1, words.length));

    assertThat(ModelFolder.open(folder).pipeline()).isEqualTo(expected);
  }

  /** The components that a class must have make a model of it, and none of them can be left out. */
  @ParameterizedTest
  @EnumSource
  void open_takesEveryClassWithItsComponentsAndNotWithout(PipelineClass pipeline)
      throws IOException {
    List<String> components =
        pipeline.components().stream().map(name -> name + "=SomeClass").toList();

    assertThat(ModelFolder.open(write(pipeline.className(), components)).pipeline())
        .isEqualTo(pipeline);
    for (String left : components) {
      List<String> others = components.stream().filter(name -> !name.equals(left)).toList();
      Path folder = write(pipeline.className(), others);
      assertThatThrownBy(() -> ModelFolder.open(folder))
          .hasMessageContaining(left.replace("=SomeClass", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FluxPipeline",
        "PixArtAlphaPipeline",
        "PixArtSigmaPipeline",
        "HunyuanDiTPipeline",
        "SanaPipeline",
        "AuraFlowPipeline",
        "StableCascadeDecoderPipeline",
        "WuerstchenDecoderPipeline",
        "KandinskyPipeline",
        "Kandinsky3Pipeline",
        "LDMTextToImagePipeline",
        "VQDiffusionPipeline",
        "ConsistencyModelPipeline",
        "StableDiffusionControlNetPipeline",
        "StableDiffusion3Img2ImgPipeline",
        "IFImg2ImgPipeline",
        "StableVideoDiffusionPipeline",
        "stablediffusionpipeline",
        "Pipeline"
      })
  void open_refusesEveryOtherClassByItsNameAndNamesThoseThatAreKnown(String other)
      throws IOException {
    Path folder = write(other, List.of("unet=UNet2DConditionModel", "scheduler=DDIMScheduler"));

    assertThatThrownBy(() -> ModelFolder.open(folder))
        .hasMessageContaining(other)
        .hasMessageContaining(PipelineClass.values()[0].className());
  }

  private Path write(String className, List<String> components) throws IOException {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", className);
    index.put("_diffusers_version", "0.30.0");
    index.put("requires_safety_checker", false);
    for (String component : components) {
      String[] pair = component.split("=");
      boolean none = pair[1].equals("null");
      index.put(pair[0], Arrays.asList(none ? null : "diffusers", none ? null : pair[1]));
    }
    Path folder = Files.createTempDirectory(models, "model");
    new ObjectMapper().writeValue(folder.resolve(ModelFolder.INDEX).toFile(), index);
    return folder;
  }

  /** Stable Diffusion's betas, as its publishers give them with every scheduler. */
  private static SchedulerConfig scheduler(String className, Map<String, Object> others) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", className);
    config.put("_diffusers_version", "0.30.0");
    config.put("beta_start", 0.00085);
    config.put("beta_end", 0.012);
    config.put("beta_schedule", "scaled_linear");
    config.put("num_train_timesteps", 1000);
    config.put("steps_offset", 1);
    config.put("set_alpha_to_one", false);
    config.put("skip_prk_steps", true);
    config.put("clip_sample", false);
    config.put("trained_betas", null);
    config.putAll(others);
    return SchedulerConfig.of(config);
  }

  @Test
  void samplers_takePublishedSchedulersAndRefuseOthersByTheirNames() {
    Map<String, Object> none = Map.of();
    for (SchedulerConfig known :
        List.of(
            scheduler("PNDMScheduler", none),
            scheduler("DDIMScheduler", none),
            scheduler("DDIMScheduler", Map.of("prediction_type", "v_prediction")),
            scheduler(
                "EulerDiscreteScheduler",
                Map.of(
                    "interpolation_type",
                    "linear",
                    "timestep_spacing",
                    "leading",
                    "sample_max_value",
                    1.0,
                    "use_karras_sigmas",
                    false)),
            scheduler("EDMDPMSolverMultistepScheduler", Map.of("sigma_data", 0.5, "rho", 7.0)),
            scheduler("FlowMatchEulerDiscreteScheduler", Map.of("shift", 3.0)))) {
      assertThat(Samplers.of(known)).isNotNull();
    }
    assertThatThrownBy(() -> Samplers.of(scheduler("NovelScheduler", none)))
        .hasMessageContaining("NovelScheduler");
  }
}
