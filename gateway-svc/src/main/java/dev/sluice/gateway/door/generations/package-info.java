/** Requests over HTTP that are asked for later, as often as one likes. */
package dev.sluice.gateway.door.generations;
