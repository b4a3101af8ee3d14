/** Stages of one machine scaled on their work, by the rules that scale them on a cluster. */
package dev.sluice.launcher.scaling;
