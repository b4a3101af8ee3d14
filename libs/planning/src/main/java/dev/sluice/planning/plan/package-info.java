/** What planning leads to. */
package dev.sluice.planning.plan;
