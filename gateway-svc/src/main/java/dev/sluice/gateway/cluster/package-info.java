/** What works here, and how much there is for it to do. */
package dev.sluice.gateway.cluster;
