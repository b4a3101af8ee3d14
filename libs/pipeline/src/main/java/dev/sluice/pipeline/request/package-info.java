/** What is asked of a stage, as data, and the names of the tensors that stages hand each other. */
package dev.sluice.pipeline.request;
