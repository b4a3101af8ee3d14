/** How the workers of stages are, as they tell each other. */
package dev.sluice.stage.status;
