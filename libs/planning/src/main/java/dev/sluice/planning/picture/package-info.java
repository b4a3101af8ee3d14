/**
 * Picture files as people send them. {@link dev.sluice.planning.picture.PictureFile} reads one to
 * {@link dev.sluice.planning.picture.Pixels}: the same pixels give the same result in whatever
 * encoding they come, upright as a viewer shows them.
 */
package dev.sluice.planning.picture;
