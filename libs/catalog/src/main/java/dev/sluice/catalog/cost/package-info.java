/** How much work networks are, by their sizes. */
package dev.sluice.catalog.cost;
