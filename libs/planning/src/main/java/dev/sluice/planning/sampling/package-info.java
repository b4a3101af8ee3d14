/** How a stage samples: what a request asks for over what the model has over what its kind has. */
package dev.sluice.planning.sampling;
