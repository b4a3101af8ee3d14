/** How a picture is made, written down so that it can be made again. */
package dev.sluice.planning.recipe;
