/** What stands around an instance in tests: hosts, a monitor, programs of the system. */
package dev.sluice.launcher.system.around;
