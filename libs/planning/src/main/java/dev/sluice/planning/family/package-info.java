/** The kinds of pipelines, each with what it can do and the route of its pictures. */
package dev.sluice.planning.family;
