/**
 * Commands for who looks after an instance: how it is, what is wrong, what nobody could work on.
 */
package dev.sluice.launcher.care;
