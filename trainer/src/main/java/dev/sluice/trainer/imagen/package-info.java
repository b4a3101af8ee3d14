/** Imagen: a text encoder that has seen nothing but text, and pixels in two stages. */
package dev.sluice.trainer.imagen;
