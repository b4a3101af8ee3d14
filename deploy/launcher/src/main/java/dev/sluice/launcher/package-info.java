/** The command line of Sluice. */
package dev.sluice.launcher;
