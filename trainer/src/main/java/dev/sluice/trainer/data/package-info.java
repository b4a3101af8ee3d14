/** Training data from files: pictures with classes or captions, as the field keeps them. */
package dev.sluice.trainer.data;
