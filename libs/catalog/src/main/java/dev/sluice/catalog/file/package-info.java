/** Files of models, read so that what is wrong is said with the name of the file. */
package dev.sluice.catalog.file;
