/** Child processes on this machine: starting, watching and ending them; ports, last words. */
package dev.sluice.launcher.process;
