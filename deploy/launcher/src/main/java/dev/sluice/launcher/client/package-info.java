/** Work with a gateway, and pictures that tell how they were made. */
package dev.sluice.launcher.client;
