/** The stages of a picture of words alone, and the sizes that a model makes. */
package dev.sluice.planning.route;
