/** How much work a route is. */
package dev.sluice.planning.work;
