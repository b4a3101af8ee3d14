/** Requests in JSON, the same at every door that takes it. */
package dev.sluice.gateway.door.json;
