/** How the messages of a stage scale: many workers, many tasks, the real broker, no networks. */
package dev.sluice.bench.scale;
