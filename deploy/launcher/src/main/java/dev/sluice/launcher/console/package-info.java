/** What the user of the command line is told: how things get on, and what went wrong. */
package dev.sluice.launcher.console;
