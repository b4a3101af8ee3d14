/** The Dev Service: a Sluice beside applications of Quarkus that are developed or tested. */
package dev.sluice.quarkus.deployment;
