/** Work that was accepted: which label stands for it, and how the stages are set to it. */
package dev.sluice.gateway.work;
