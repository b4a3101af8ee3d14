package dev.sluice.catalog;

/** What a model can do with a request, by its pipeline's class and by what lies in its folder. */
public enum Ability {
  /** Words say what the picture shows. */
  TEXT,
  /** A class of pictures does, where the network was trained with classes. */
  CLASSES,
  /** Pictures are made from picture embeddings. */
  EMBEDDINGS,
  /** A prior, the model's own or another's, samples such embeddings for texts. */
  SAMPLED_EMBEDDINGS,
  /** An autoregressive prior can do that as well. */
  SAMPLED_CODES,
  /** The prior is another model's. */
  BORROWED_PRIOR,
  /** Other pictures of what a given one shows can be made. */
  VARIATIONS,
  /** All that the model makes are such pictures. */
  VARIATIONS_ONLY,
  /** Pictures can be inverted, for others to be made from the same noise. */
  INVERSION,
  /** Denoising can start from a picture, or paint into it where a mask says. */
  PICTURE_START,
  /** A picture made from an embedding can be painted into another one, where a mask says. */
  EMBEDDING_PAINTING,
  /** There must be a picture. */
  PICTURE_NEEDED,
  /** There must be a mask, too. */
  MASK_NEEDED,
  /** Denoising makes a larger picture of one that is given. */
  SUPER_RESOLUTION,
  /** The last stage can enlarge pictures by itself. */
  ENLARGEMENT,
  /** Latents can go to or come from another model in the middle of the noise schedule. */
  HANDOVER,
  /** CLIP can compare a picture under way with the prompt. */
  CLIP_GUIDANCE,
  /** The denoiser is told of the guidance scale and needs no second prompt. */
  GUIDANCE_EMBEDDING,
  /** What the denoiser computed at a step can serve the next ones. */
  FEATURE_REUSE,
  /** Pictures are drawn code by code, each with some temperature, and not denoised. */
  DRAWN_CODES
}
