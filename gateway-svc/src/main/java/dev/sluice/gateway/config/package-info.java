/** How the gateway is set up. */
package dev.sluice.gateway.config;
