/** The rules by which a cluster scales a stage, as functions of time: no cluster, no clock. */
package dev.sluice.autoscaling;
