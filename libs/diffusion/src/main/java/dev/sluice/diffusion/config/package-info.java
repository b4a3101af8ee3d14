/** The members of a scheduler config, and what samplers can be told. */
package dev.sluice.diffusion.config;
