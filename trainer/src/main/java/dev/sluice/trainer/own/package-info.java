/** Systems for pictures that the user brings. */
package dev.sluice.trainer.own;
