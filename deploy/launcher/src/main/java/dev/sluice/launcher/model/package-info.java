/** The models that a command names: the folder meant, whether it can be served, its size. */
package dev.sluice.launcher.model;
