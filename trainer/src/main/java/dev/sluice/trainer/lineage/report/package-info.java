/** What a comparison is told in: tables and plots. */
package dev.sluice.trainer.lineage.report;
