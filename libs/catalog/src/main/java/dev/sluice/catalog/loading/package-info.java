/** How networks are loaded: in which precision, how they multiply, and who is told of it. */
package dev.sluice.catalog.loading;
