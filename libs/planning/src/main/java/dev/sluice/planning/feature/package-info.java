/** What requests ask for beyond a picture of their words, and what that changes in a route. */
package dev.sluice.planning.feature;
