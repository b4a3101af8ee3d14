/** The HTTP door. */
package dev.sluice.gateway.door.http;
