/** What comes with a request besides words and numbers. */
package dev.sluice.planning.input;
