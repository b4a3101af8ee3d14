/** What is loaded of a model's folder: networks, the space of its samples, and who closes them. */
package dev.sluice.pipeline.model;
