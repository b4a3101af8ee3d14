package dev.sluice.pipeline;

import dev.sluice.pipeline.request.Sampling;
import java.util.List;

/**
 * One picture to be made by {@link UnClipPipeline}.
 *
 * @param prompt what it shall show
 * @param negativePrompt what it shall not show; empty for nothing in particular
 * @param seed the same seed gives the same picture; its low 32 bits count
 * @param superResolution for each enlargement in order
 */
public record UnClipRequest(
    String prompt,
    String negativePrompt,
    long seed,
    Sampling prior,
    Sampling decoder,
    List<Sampling> superResolution) {}
