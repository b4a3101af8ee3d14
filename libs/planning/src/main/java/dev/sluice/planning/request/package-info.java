/** What a request may say, whatever its model, and what comes with it. */
package dev.sluice.planning.request;
