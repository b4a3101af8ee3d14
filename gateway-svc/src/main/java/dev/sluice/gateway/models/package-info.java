/** What models there are, and what the workers say of them. */
package dev.sluice.gateway.models;
