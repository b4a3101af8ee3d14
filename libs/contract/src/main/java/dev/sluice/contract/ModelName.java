package dev.sluice.contract;

/** What a request calls a model, which may say more than which model it is. */
public final class ModelName {

  /** What follows is added to the model, such as LoRAs; no model's own name holds it. */
  public static final char ADDS = '+';

  private ModelName() {}

  /** The model's own name, by which workers are found and work is counted. */
  public static String own(String name) {
    int end = name.indexOf(ADDS);
    return end < 0 ? name : name.substring(0, end);
  }
}
