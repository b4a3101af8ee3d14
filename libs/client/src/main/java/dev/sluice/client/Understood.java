package dev.sluice.client;

import java.util.List;

/**
 * How a request was understood.
 *
 * @param id the service's own name of the work, by which it can be asked for later
 * @param requestId the label that the caller gave, or that was made
 * @param model the model that was chosen
 * @param n how many pictures will come
 * @param seed the first picture's
 * @param stages that each picture passes, in order
 * @param warnings what is known already of what pictures will say
 */
public record Understood(
    String id,
    String requestId,
    String model,
    int n,
    long seed,
    List<String> stages,
    List<String> warnings) {}
