/** The front door as a process: opens the doors and puts the parts together. */
package dev.sluice.gateway;
