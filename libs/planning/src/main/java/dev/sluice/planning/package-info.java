/**
 * From a request to the stages that make its pictures, and with what parameters. Knows models as
 * files and the messages, but no transport and no network, so that whoever makes pictures plans
 * them by the same code.
 */
package dev.sluice.planning;
