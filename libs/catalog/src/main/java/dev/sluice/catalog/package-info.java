/**
 * Models as files: folders in diffusers' layout, what they hold, and whether it can be served.
 * Knows neither how networks are run nor how requests arrive, so that the front door and every
 * stage read a model by the same code.
 */
package dev.sluice.catalog;
