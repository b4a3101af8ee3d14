/** Asking a gateway for pictures: {@link dev.sluice.client.SluiceClient} is where to begin. */
package dev.sluice.client;
