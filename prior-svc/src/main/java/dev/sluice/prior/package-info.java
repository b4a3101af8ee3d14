/** The prior as a service: a text embedding becomes a picture embedding. */
package dev.sluice.prior;
