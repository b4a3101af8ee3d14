/**
 * Requests without a broker: planned as the gateway plans them, and worked on as the stages'
 * services do, in this process. For measurements of what is served.
 */
package dev.sluice.local;
