/** Models from a bucket, brought to a folder and checked before a service starts. */
package dev.sluice.stage.models;
