/** A whole Sluice on this machine: the broker and the services, their folder and address. */
package dev.sluice.launcher.instance;
