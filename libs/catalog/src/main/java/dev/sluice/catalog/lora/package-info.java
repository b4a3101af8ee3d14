/** Low-rank adaptations of models (Hu et al. 2021), in the layouts in which people share them. */
package dev.sluice.catalog.lora;
