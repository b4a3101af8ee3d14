/**
 * The four stages: which of a model's networks each takes, and what it makes of a task. Where tasks
 * come from and where results go is not known here.
 */
package dev.sluice.serving.stages;
