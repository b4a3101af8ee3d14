/** The models that requests name. */
package dev.sluice.planning.model;
