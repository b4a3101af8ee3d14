/** The denoiser as a service: noise becomes a small picture. */
package dev.sluice.denoiser;
