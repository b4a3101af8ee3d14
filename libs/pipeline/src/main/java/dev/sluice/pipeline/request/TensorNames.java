package dev.sluice.pipeline.request;

/** The names under which stages give tensors to each other. */
public final class TensorNames {

  /** In front of the names of what belongs to the negative prompt. */
  public static final String NEGATIVE = "negative_";

  /** A text in the space that texts and pictures share, {@code [1, width]}. */
  public static final String TEXT_EMBEDS = "text_embeds";

  /** A text per token, {@code [1, tokens, width]}. */
  public static final String TEXT_HIDDEN_STATES = "text_hidden_states";

  /** 1 for tokens of the text, 0 for padding, {@code [1, tokens]}. */
  public static final String TEXT_MASK = "text_mask";

  /** A picture's embedding, {@code [1, width]}. */
  public static final String IMAGE_EMBEDS = "image_embeds";

  /** A picture or latent on its way through the stages, {@code [1, channels, height, width]}. */
  public static final String SAMPLE = "sample";

  /** A picture to start from or to enlarge, {@code [1, 3, height, width]} in [-1, 1]. */
  public static final String IMAGE = "image";

  /** 1 where a given picture is painted into, 0 where it stays, {@code [1, 1, height, width]}. */
  public static final String MASK = "mask";

  /** Noise to start from instead of fresh, in the shape of the sample. */
  public static final String NOISE = "noise";

  /** The noise at the other end of a way from noise to noise. */
  public static final String END_NOISE = "end_noise";

  /** A latent to start from, {@code [1, channels, height, width]}. */
  public static final String LATENT = "latent";

  /** The number of a class, {@code [1]}. */
  public static final String CLASS_LABEL = "class_label";

  /** Height and width of the picture that SDXL imagines to be cut from, {@code [1, 2]}. */
  public static final String ORIGINAL_SIZE = "original_size";

  /** Rows above and columns to the left of the cut, {@code [1, 2]}. */
  public static final String CROP_CORNER = "crops_coords_top_left";

  /** Height and width that the cut was brought to, {@code [1, 2]}. */
  public static final String TARGET_SIZE = "target_size";

  /** How well SDXL's refiner imagines the picture to be liked, {@code [1, 1]}. */
  public static final String AESTHETIC_SCORE = "aesthetic_score";

  private TensorNames() {}
}
