package dev.sluice.bench.published;

import java.util.Map;

/** What one folder of a published pipeline holds. */
sealed interface Component {

  /** The library and class that {@code model_index.json} names for it. */
  String library();

  String className();

  /**
   * A network's config and weights.
   *
   * @param config without the key that names the class
   * @param shards the number of files that the weights are published in
   */
  record WeightedNetwork(String library, String className, Map<String, Object> config, int shards)
      implements Component {

    /** A UNet with conditions: what it shares with its kind, and its own keys over that. */
    static WeightedNetwork unet(Map<String, Object> kind, Object... own) {
      return new WeightedNetwork("diffusers", "UNet2DConditionModel", Keys.with(kind, own), 1);
    }
  }

  /** A scheduler's config. */
  record Scheduler(String className, Map<String, Object> config) implements Component {
    @Override
    public String library() {
      return "diffusers";
    }
  }

  /**
   * A tokenizer of CLIP's kind and size.
   *
   * @param pad the token that fills texts up
   */
  record ClipTokenizer(String pad) implements Component {

    /** OpenAI's texts are filled up with their end. */
    static final String END = "<|endoftext|>";

    /** OpenCLIP's with the token of id 0. */
    static final String FIRST = "!";

    @Override
    public String library() {
      return "transformers";
    }

    @Override
    public String className() {
      return "CLIPTokenizer";
    }
  }

  /**
   * A tokenizer of T5's kind and size.
   *
   * @param maxLength tokens of a text
   */
  record T5Tokenizer(int maxLength) implements Component {
    @Override
    public String library() {
      return "transformers";
    }

    @Override
    public String className() {
      return "T5Tokenizer";
    }
  }

  /** How pictures come to CLIP's image encoder: {@code size x size} pixels. */
  record ImageProcessor(int size) implements Component {
    @Override
    public String library() {
      return "transformers";
    }

    @Override
    public String className() {
      return "CLIPImageProcessor";
    }
  }
}
