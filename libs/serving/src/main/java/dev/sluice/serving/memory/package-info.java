/** How much memory networks and their work take, and how much there is. */
package dev.sluice.serving.memory;
