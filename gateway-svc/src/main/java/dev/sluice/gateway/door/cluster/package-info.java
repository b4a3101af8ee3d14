/** The state of the cluster over HTTP. */
package dev.sluice.gateway.door.cluster;
