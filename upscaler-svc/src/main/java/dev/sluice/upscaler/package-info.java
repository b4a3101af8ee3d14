/** The upscaler as a service: a small picture becomes a large one, and a PNG. */
package dev.sluice.upscaler;
