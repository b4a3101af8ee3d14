/** Pictures as files of the formats that callers choose. */
package dev.sluice.gateway.picture;
