/** The model that ships, for tests of programs that ask for pictures. */
package dev.sluice.testing;
