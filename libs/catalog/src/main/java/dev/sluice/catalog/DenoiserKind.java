package dev.sluice.catalog;

/** What denoises, and its components. */
public enum DenoiserKind {
  NONE(null, null),
  UNCLIP_DECODER("decoder", "decoder_scheduler"),
  STABLE_DIFFUSION("unet", "scheduler", 64),
  STABLE_DIFFUSION_XL("unet", "scheduler", 128),
  STABLE_DIFFUSION_3("transformer", "scheduler", 128),
  LATENT_UPSCALER("unet", "scheduler", 128),
  UNCONDITIONAL("unet", "scheduler"),
  DIT("transformer", "scheduler", 32),
  DEEPFLOYD("unet", "scheduler"),
  DEEPFLOYD_UPSCALER("unet", "scheduler"),
  KANDINSKY_DECODER("unet", "scheduler", 64),
  /** Draws a picture's codes one after the other, over no schedule. */
  CODES("transformer", null);

  private final String component;
  private final String scheduler;
  private final int usualSize;

  DenoiserKind(String component, String scheduler) {
    this(component, scheduler, 0);
  }

  DenoiserKind(String component, String scheduler, int usualSize) {
    this.component = component;
    this.scheduler = scheduler;
    this.usualSize = usualSize;
  }

  /**
   * The height and width of samples, in their values, where a config gives none: diffusers' own of
   * the family; 0 if it has none.
   */
  int usualSize() {
    return usualSize;
  }

  /** The network's component; null where there is none. */
  public String component() {
    return component;
  }

  /** The component of the noise schedule; null where there is none. */
  public String scheduler() {
    return scheduler;
  }
}
