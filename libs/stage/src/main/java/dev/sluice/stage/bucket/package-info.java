/** Buckets of Amazon's S3, and of servers that speak as it does. */
package dev.sluice.stage.bucket;
