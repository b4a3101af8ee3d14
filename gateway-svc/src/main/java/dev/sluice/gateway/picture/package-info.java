/**
 * Picture files as people send them. {@link dev.sluice.gateway.picture.PictureFile} reads one to
 * {@link dev.sluice.gateway.picture.Pixels}: the same pixels give the same result in whatever
 * encoding they come, upright as a viewer shows them.
 */
package dev.sluice.gateway.picture;
