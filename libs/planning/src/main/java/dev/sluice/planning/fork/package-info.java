/** Requests that go on from what was kept of earlier pictures. */
package dev.sluice.planning.fork;
