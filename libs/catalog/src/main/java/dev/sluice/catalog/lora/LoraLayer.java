package dev.sluice.catalog.lora;

/**
 * What is added to the weight of one layer: {@code scale * up down}.
 *
 * @param layer the layer's name, as the file has it
 * @param down the file's name of the matrix of shape {@code [rank, in]}; of convolutions {@code
 *     [rank, in, height, width]}
 * @param up the file's name of the matrix of shape {@code [out, rank]}; of convolutions {@code
 *     [out, rank, 1, 1]}
 * @param scale {@code alpha / rank}; 1 where the file has no alpha
 */
record LoraLayer(String layer, String down, String up, float scale) {}
