/** What callers of this gateway wait for. */
package dev.sluice.gateway.pending;
